"""The nightly job, by `kubectl apply -k` on a real API server: its token sees all, and writes nothing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from keystone_check.model.finding import Status
from keystone_check.probes.gather import rights
from keystone_check.probes.rights import KubeAsk
from tests.reality.place import READS, Place
from tests.reality.wire import Json

pytestmark = pytest.mark.reality
FOLDER = Path(__file__).parents[2] / "packaging/kubernetes"
NAME = "keystone-check"
ROLE = "arn:aws:iam::444455556666:role/keystone-check"


def test_the_server_would_take_all_of_it(place: Place) -> None:
    """The namespace is no more than promised, so what lies in it is judged as if it lay in another."""
    objects = [it for it in yaml.safe_load_all(place.kubectl("kustomize", str(FOLDER / "base"))) if it]
    for it in objects:
        if "namespace" in it["metadata"]:
            it["metadata"]["namespace"] = "default"
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    told = place.kubectl("apply", "--server-side", "--dry-run=server", "--filename", "-", given=listed)
    assert told.count("serverside-applied (server dry run)") == len(objects) == 6
    assert "Warning" not in told


def test_an_overlay_says_the_role_once_and_the_pod_has_it_twice(place: Place) -> None:
    objects = yaml.safe_load_all(place.kubectl("kustomize", str(FOLDER / "prod")))
    found = {it["kind"]: it for it in objects}
    (container,) = _pod(found["CronJob"])["containers"]
    named = {it["name"]: it["value"] for it in container["env"]}
    assert found["ServiceAccount"]["metadata"]["annotations"] == {"eks.amazonaws.com/role-arn": ROLE}
    assert (named["AWS_ROLE_ARN"], named["AWS_REGION"]) == (ROLE, "eu-west-1")
    assert container["image"].startswith("registry.prod.example/tools/keystone-check:")


@pytest.fixture(scope="module")
def applied(place: Place) -> Place:
    """The place with the nightly job, seen as its service account by a token that was minted for it.

    It stays until the server ends: nobody is there to end a namespace.
    """
    place.kubectl("apply", "-k", str(FOLDER / "base"))
    named = f"eks.amazonaws.com/role-arn={own_role(place)}"
    place.kubectl("annotate", "serviceaccount", NAME, f"--namespace={NAME}", "--overwrite", named)
    return replace(place, access=replace(place.access, kubeconfig=str(_kubeconfig(place))))


def own_role(place: Place) -> str:
    """Its role in the account that the place's roles are in, as an overlay would say it."""
    account, _, _ = place.accounts[0].role_arn.partition(":role/")
    return f"{account}:role/{NAME}"


def _kubeconfig(place: Place) -> Path:
    token = place.kubectl("create", "token", NAME, f"--namespace={NAME}").strip()
    config = json.loads(place.server.kubeconfig("admin").read_text())
    config["users"][0]["user"] = {"token": token}
    path = place.server.folder / "nightly.kubeconfig"
    path.write_text(json.dumps(config))
    path.chmod(0o600)
    return path


def test_its_token_sees_everything_and_nothing_else_is_broken(applied: Place) -> None:
    asks, _ = rights(READS, applied.access)
    applied.until(True, *asks)
    found = applied.look()
    assert found.having(Status.BLOCKED) == ()
    assert found.having(Status.CRASHED) == ()
    # Its own role is made in no account here: it is the one thing that is amiss, and it says so itself.
    amiss = {it.finding.subject for it in found.having(Status.BROKEN)}
    assert amiss <= {f"{NAME}/{NAME}", own_role(applied)}


def test_its_token_writes_nothing(applied: Place) -> None:
    applied.until(True, KubeAsk("list", "serviceaccounts"))
    writes = [
        KubeAsk(verb, resource, group)
        for verb in ("update", "patch", "delete")
        for resource, group in (
            ("serviceaccounts", ""),
            ("pods", ""),
            ("deployments", "apps"),
            ("mutatingwebhookconfigurations", "admissionregistration.k8s.io"),
        )
    ]
    applied.until(False, *writes, KubeAsk("get", "secrets"), KubeAsk("create", "deployments", "apps"))


def test_its_pod_is_admitted_under_the_restricted_standard_as_it_is_written(applied: Place) -> None:
    (job,) = [
        it
        for it in yaml.safe_load_all((FOLDER / "base/nightly.yaml").read_text("utf-8"))
        if it["kind"] == "CronJob"
    ]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "now", "namespace": NAME},
        "spec": _pod(job),
    }
    told = applied.kubectl("create", "--dry-run=server", "-o", "json", "-f", "-", given=json.dumps(pod))
    made = json.loads(told)["spec"]
    tokens = [
        source["serviceAccountToken"]["audience"]
        for volume in made["volumes"]
        for source in volume.get("projected", {}).get("sources", ())
        if source.get("serviceAccountToken", {}).get("audience")
    ]
    assert tokens == ["sts.amazonaws.com"]
    named = [it["name"] for it in made["containers"][0]["env"]]
    assert len(named) == len(set(named))


def _pod(job: Json) -> Json:
    return job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
