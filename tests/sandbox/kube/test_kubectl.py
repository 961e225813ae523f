"""An unmodified kubectl uses the emulator as it uses the real thing."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from keystone_check.sandbox.kube.server import KubeServer
from tests.sandbox.kube.conftest import ROLE

KUBECTL = shutil.which("kubectl")
pytestmark = pytest.mark.skipif(KUBECTL is None, reason="there is no kubectl on PATH")

Kubectl = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def kubectl(server: KubeServer, tmp_path: Path) -> Kubectl:
    path = tmp_path / "kubeconfig"
    path.write_text(server.kubeconfig.reveal())
    environment = {"KUBECONFIG": str(path), "HOME": str(tmp_path), "PATH": os.environ["PATH"]}

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = (str(KUBECTL), *arguments)
        return subprocess.run(
            command, env=environment, input=stdin, capture_output=True, text=True, timeout=60, check=False
        )

    return run


def test_kubectl_gets_annotates_and_deletes(kubectl: Kubectl) -> None:
    assert kubectl("get", "sa", "-n", "apps", "-o", "name").stdout.split() == [
        "serviceaccount/api",
        "serviceaccount/default",
    ]
    assert kubectl("get", "sa", "-A").stdout.splitlines()[0].split() == ["NAMESPACE", "NAME", "AGE"]
    assert kubectl("create", "sa", "b", "-n", "apps").returncode == 0
    assert kubectl("annotate", "sa", "b", "-n", "apps", "x=y").returncode == 0
    assert kubectl("get", "sa", "b", "-n", "apps", "-o", "jsonpath={.metadata.annotations.x}").stdout == "y"
    assert kubectl("delete", "sa", "b", "-n", "apps").returncode == 0
    missing = kubectl("get", "sa", "b", "-n", "apps")
    assert missing.returncode == 1
    assert missing.stderr.strip() == 'Error from server (NotFound): serviceaccounts "b" not found'


def test_kubectl_mints_tokens_and_asks_who_it_is(kubectl: Kubectl) -> None:
    minted = kubectl("create", "token", "api", "-n", "apps", "--audience", "sts.amazonaws.com")
    assert (minted.returncode, minted.stdout.count(".")) == (0, 2)
    short = kubectl("create", "token", "api", "-n", "apps", "--duration", "1s")
    assert "may not specify a duration less than 10 minutes" in short.stderr
    who = json.loads(kubectl("auth", "whoami", "-o", "json").stdout)
    assert who["status"]["userInfo"]["username"] == "system:admin"
    asked = kubectl("auth", "can-i", "create", "serviceaccounts", "--subresource=token")
    assert asked.stdout.strip() == "yes"


@pytest.mark.parametrize("side", [(), ("--server-side",)])
def test_kubectl_applies_twice_and_changes_once(kubectl: Kubectl, side: tuple[str, ...]) -> None:
    manifest = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "new", "namespace": "apps", "annotations": {"role": ROLE}},
    }
    for _ in range(2):
        applied = kubectl("apply", *side, "-f", "-", stdin=json.dumps(manifest))
        assert (applied.returncode, applied.stderr) == (0, "")
    assert kubectl("diff", *side, "-f", "-", stdin=json.dumps(manifest)).returncode == 0


def test_kubectl_creates_a_pod_on_the_server_only_for_show(kubectl: Kubectl) -> None:
    shown = kubectl("run", "p", "--image=i", "--dry-run=server", "-o", "json", "-n", "apps")
    assert json.loads(shown.stdout)["spec"]["serviceAccountName"] == "default"
    assert kubectl("get", "pods", "-n", "apps", "-o", "name").stdout == ""


def test_kubectl_lists_what_is_served(kubectl: Kubectl) -> None:
    names = kubectl("api-resources", "-o", "name").stdout.split()
    assert {"serviceaccounts", "pods", "namespaces", "tokenreviews.authentication.k8s.io"} <= set(names)
    assert kubectl("get", "--raw", "/openid/v1/jwks").stdout == '{"keys":[]}'
    assert "Server Version: v1.36.3+k3s1" in kubectl("version").stdout
