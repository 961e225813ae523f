"""How we are known to the API server: a pod's own token file, a program that gives credentials."""

import json
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
import yaml

from keystone_check.model.access import Access
from keystone_check.model.facts import Missing
from keystone_check.probes.gather import gather
from keystone_check.probes.kube_wire import KubeRequest, Place, Wire
from keystone_check.probes.refusals import ReadError
from keystone_check.sandbox.serve import Serving

WHO = KubeRequest(
    "POST",
    "/apis/authentication.k8s.io/v1/selfsubjectreviews",
    "who am I",
    {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"},
)


def kubeconfig(serving: Serving) -> Any:
    """What the sandbox's user has."""
    return yaml.safe_load(Path(serving.access.kubeconfig).read_text("utf-8"))


def pod(serving: Serving, folder: Path, **files: str) -> Place:
    """A pod with the token of the sandbox's user, but for these files."""
    found = kubeconfig(serving)
    cluster, user = found["clusters"][0]["cluster"], found["users"][0]["user"]
    authority = b64decode(cluster["certificate-authority-data"]).decode()
    for name, text in {"token": user["token"], "ca.crt": authority, **files}.items():
        (folder / name).write_text(text)
    host, _, port = cluster["server"].removeprefix("https://").rpartition(":")
    environ = {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port, "HOME": str(folder)}
    return Place(folder, environ)


def test_in_a_pod_its_own_token_is_shown_to_the_api_server(serving: Serving, tmp_path: Path) -> None:
    answer, tries = Wire(Access("in-cluster"), place=pod(serving, tmp_path)).send(WHO)
    assert (answer.status, tries) == (201, 1)


def test_a_pods_token_that_the_api_server_does_not_know_is_refused(serving: Serving, tmp_path: Path) -> None:
    answer, _ = Wire(Access("in-cluster"), place=pod(serving, tmp_path, token="another")).send(WHO)
    assert answer.status == 401


@pytest.mark.parametrize("name", ["token", "ca.crt"])
def test_a_pod_whose_files_are_empty_says_so(serving: Serving, tmp_path: Path, name: str) -> None:
    place = pod(serving, tmp_path, **{name: ""})
    with pytest.raises(ReadError, match="file exists but empty"):
        Wire(Access("in-cluster"), place=place)


def test_who_names_a_cluster_is_not_asked_for_as_a_pod(serving: Serving, tmp_path: Path) -> None:
    assert not pod(serving, tmp_path).is_pod(serving.access)


def with_plugin(serving: Serving, folder: Path, *program: str) -> Access:
    """The same user, known by what a program prints."""
    found = kubeconfig(serving)
    command = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": sys.executable,
        "args": ["-c", *program],
        "interactiveMode": "Never",
    }
    found["users"][0]["user"] = {"exec": command}
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(found))
    return Access("here", kubeconfig=str(path))


def test_credentials_of_a_program_are_used_and_are_in_no_fact(serving: Serving, tmp_path: Path) -> None:
    token = kubeconfig(serving)["users"][0]["user"]["token"]
    credential = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": token},
    }
    world = gather(
        with_plugin(serving, tmp_path, f"print({json.dumps(credential)!r})"), frozenset({"cluster"})
    )
    assert not isinstance(world.cluster, Missing)
    assert world.cluster.user == "sandbox-admin"
    assert token not in repr(world)


@pytest.mark.parametrize("program", ["raise SystemExit(3)", "print('{')"])
def test_a_program_that_gives_no_credentials_is_a_gap(serving: Serving, tmp_path: Path, program: str) -> None:
    world = gather(with_plugin(serving, tmp_path, program), frozenset({"cluster"}))
    assert isinstance(world.cluster, Missing)
    assert "401" in world.cluster.because
