"""Service accounts may read the API server's discovery document and key set.

## Why it matters
Whoever verifies tokens inside the cluster, or copies the two documents to the issuer's bucket from a pod,
reads `/.well-known/openid-configuration` and `/openid/v1/jwks`. Kubernetes binds the cluster role
`system:service-account-issuer-discovery` to the group `system:serviceaccounts` for that. Where somebody
removed the binding, a job that publishes the keys fails with `forbidden: User
"system:serviceaccount:…" cannot get path "/openid/v1/jwks"`, and the next rotation leaves the bucket with the
old keys.

## How to fix
Bind the cluster role to the group again. STS itself never asks the API server.

## References
- https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery
- https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from collections.abc import Iterator

from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, gap, holds

severity = Severity.LOW

_ROLE = "system:service-account-issuer-discovery"


def judge(discovery_access: Subjects[bool]) -> Iterator[Finding]:
    """One finding a document."""
    for path, allowed in discovery_access:
        if isinstance(allowed, Absent | Missing):
            yield gap(path, allowed)
        elif allowed:
            yield holds(path)
        else:
            yield _shut(path)


def _shut(path: str) -> Finding:
    return broken(
        path,
        f"service accounts may not read {path}; Kubernetes lets them by the cluster role {_ROLE}",
        Evidence("SubjectAccessReview for the group system:serviceaccounts", "allowed", "not allowed"),
        Repair(
            "bind the cluster role to the group again",
            Safety.MANUAL,
            "whom a cluster's RBAC lets in is its owner's to say",
            steps=(
                f"kubectl create clusterrolebinding {_ROLE} --clusterrole={_ROLE} "
                "--group=system:serviceaccounts",
                f"and if the role is gone: kubectl create clusterrole {_ROLE} --verb=get "
                "--non-resource-url=/.well-known/openid-configuration --non-resource-url=/openid/v1/jwks",
            ),
        ),
    )
