"""What the arguments tell about identity providers, and what they do not."""

from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Status
from keystone_check.model.servers import ServerArguments
from tests.checks.judging import told

CHECK = "api_server_does_not_authenticate_by_its_own_issuer"


def status(*written: str) -> Status:
    arguments = ServerArguments("k3s", "annotation k3s.io/node-args", written)
    return told(CHECK, server_arguments=Subjects((("node a", arguments),)))["node a"][0]


def test_another_identity_provider_is_nothing_to_object_to() -> None:
    assert status() is Status.HOLDS
    assert status("oidc-issuer-url=https://accounts.example.org") is Status.HOLDS


def test_any_of_its_own_issuers_counts() -> None:
    assert status("oidc-issuer-url=https://kubernetes.default.svc.cluster.local") is Status.BROKEN


def test_a_file_that_nobody_read_is_no_pass() -> None:
    assert status("authentication-config=/etc/auth.yaml") is Status.BLOCKED
