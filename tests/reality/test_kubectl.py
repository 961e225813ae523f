"""An unmodified kubectl uses the sandbox as it uses the real thing."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving, serve, wall_clock
from keystone_check.sandbox.worlds import healthy
from tests.environment import bare
from tests.reality.build import Binaries

pytestmark = pytest.mark.reality
Kubectl = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Serving]:
    ground = Ground.make()
    with serve(healthy(ground, wall_clock()), ground) as serving:
        yield serving


@pytest.fixture
def kubectl(built: Binaries, sandbox: Serving) -> Kubectl:
    environment = {**bare(), **sandbox.environment}

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = (str(built.kubectl), *arguments)
        return subprocess.run(
            command, env=environment, input=stdin, capture_output=True, text=True, timeout=60, check=False
        )

    return run


def test_kubectl_gets_annotates_and_deletes(kubectl: Kubectl) -> None:
    assert kubectl("get", "sa", "-n", "app", "-o", "name").stdout.split() == [
        "serviceaccount/api",
        "serviceaccount/default",
    ]
    assert kubectl("get", "sa", "-A").stdout.splitlines()[0].split() == ["NAMESPACE", "NAME", "AGE"]
    assert kubectl("create", "sa", "b", "-n", "app").returncode == 0
    assert kubectl("annotate", "sa", "b", "-n", "app", "x=y").returncode == 0
    assert kubectl("get", "sa", "b", "-n", "app", "-o", "jsonpath={.metadata.annotations.x}").stdout == "y"
    assert kubectl("delete", "sa", "b", "-n", "app").returncode == 0
    missing = kubectl("get", "sa", "b", "-n", "app")
    assert missing.returncode == 1
    assert missing.stderr.strip() == 'Error from server (NotFound): serviceaccounts "b" not found'


def test_kubectl_mints_tokens_and_asks_who_it_is(kubectl: Kubectl) -> None:
    minted = kubectl("create", "token", "api", "-n", "app", "--audience", "sts.amazonaws.com")
    assert (minted.returncode, minted.stdout.count(".")) == (0, 2)
    short = kubectl("create", "token", "api", "-n", "app", "--duration", "1s")
    assert "may not specify a duration less than 10 minutes" in short.stderr
    who = json.loads(kubectl("auth", "whoami", "-o", "json").stdout)
    assert who["status"]["userInfo"]["username"] == "sandbox-admin"
    asked = kubectl("auth", "can-i", "create", "serviceaccounts", "--subresource=token")
    assert asked.stdout.strip() == "yes"


@pytest.mark.parametrize("side", [(), ("--server-side",)])
def test_kubectl_applies_twice_and_changes_once(kubectl: Kubectl, side: tuple[str, ...]) -> None:
    manifest = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {
            "name": "new",
            "namespace": "app",
            "annotations": {"role": "arn:aws:iam::111122223333:role/new"},
        },
    }
    for _ in range(2):
        applied = kubectl("apply", *side, "-f", "-", stdin=json.dumps(manifest))
        assert (applied.returncode, applied.stderr) == (0, "")
    assert kubectl("diff", *side, "-f", "-", stdin=json.dumps(manifest)).returncode == 0


def test_kubectl_creates_a_pod_on_the_server_only_for_show(kubectl: Kubectl) -> None:
    before = kubectl("get", "pods", "-n", "app", "-o", "name").stdout
    shown = kubectl("run", "p", "--image=i", "--dry-run=server", "-o", "json", "-n", "app")
    assert json.loads(shown.stdout)["spec"]["serviceAccountName"] == "default"
    assert kubectl("get", "pods", "-n", "app", "-o", "name").stdout == before


def test_kubectl_lists_what_is_served(kubectl: Kubectl) -> None:
    names = kubectl("api-resources", "-o", "name").stdout.split()
    assert {"serviceaccounts", "pods", "namespaces", "tokenreviews.authentication.k8s.io"} <= set(names)
    assert json.loads(kubectl("get", "--raw", "/openid/v1/jwks").stdout)["keys"][0]["kty"] == "RSA"
    assert "Server Version: v1.36.3+k3s1" in kubectl("version").stdout


def test_kubectl_finds_the_command_by_its_name(built: Binaries, sandbox: Serving) -> None:
    environ = {**bare(), **sandbox.environment}
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ.get('PATH', '')}"
    command = [str(built.kubectl), "keystone-check", "--version"]
    ran = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("keystone-check ")
