"""No API server trusts its own service account issuer as an outside identity provider.

## Why it matters
An API server whose `--oidc-issuer-url` is one of its own service account issuers lets tokens in by a second
door: as users of that identity provider, without asking whether the service account or its pod still exists,
for an audience that was chosen for another purpose. From Kubernetes 1.30 it does not start any more:
`URL must not overlap with disallowed issuers`. K3s then fails to come up after the upgrade, on every server.

## How to fix
Remove `--oidc-issuer-url` and what belongs to it (or the entry in the file of `--authentication-config`). The
API server knows its own tokens without it.

## References
- https://github.com/kubernetes/kubernetes/pull/123561
- https://kubernetes.io/docs/reference/access-authn-authz/authentication/
- https://github.com/terraform-aws-modules/terraform-aws-eks/issues/3135
"""

from collections.abc import Iterator

from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    blocked,
    broken,
    gap,
    holds,
)
from keystone_check.model.servers import AUTHENTICATION_CONFIG, OIDC_ISSUER, ServerArguments

severity = Severity.HIGH


def judge(server_arguments: Subjects[ServerArguments]) -> Iterator[Finding]:
    """One finding an API server whose arguments are shown."""
    for name, arguments in server_arguments:
        if isinstance(arguments, Absent | Missing):
            yield gap(name, arguments)
        elif arguments.value(OIDC_ISSUER) in arguments.issuers:
            yield _own(name, arguments)
        elif file := arguments.value(AUTHENTICATION_CONFIG):
            because = f"its identity providers stand in the file {file}, which nobody can read from here"
            yield blocked(name, Missing(AUTHENTICATION_CONFIG, because))
        else:
            yield holds(name)


def _own(name: str, arguments: ServerArguments) -> Finding:
    issuer = arguments.value(OIDC_ISSUER)
    return broken(
        name,
        f"it authenticates users by {issuer}, which is its own service account issuer",
        Evidence(
            f"{arguments.source} of {name}", f"{OIDC_ISSUER} of another issuer", f"{OIDC_ISSUER}={issuer}"
        ),
        Repair(
            "authenticate by another identity provider, or by none",
            Safety.MANUAL,
            "the API server's arguments are set on its host",
            steps=(
                f"K3s, on every server: remove --kube-apiserver-arg={OIDC_ISSUER}={issuer} "
                "and the other oidc-* arguments",
                "which stand on the command line or under kube-apiserver-arg in /etc/rancher/k3s/config.yaml",
                "NixOS: remove them from services.k3s.extraFlags",
                "restart one server after the other (systemctl restart k3s), then look again",
            ),
        ),
    )
