"""Subjects have at most 255 characters.

## Why it matters
The subject of a service account is `system:serviceaccount:NAMESPACE:NAME`, and Kubernetes lets a namespace
have 63 characters and a name 253: 339 in all. STS gives the subject back as `SubjectFromWebIdentityToken`,
for which its service model has 6 to 255 characters. What it does with a longer one is not documented, and no
report of it was found; nothing that depends on it is worth building.

## How to fix
Give the service account a shorter name, and move its annotation, its pods and the trust policy's subject to
that name.

## References
- https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
- https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
"""

from collections.abc import Iterator

from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, gap, holds

severity = Severity.MEDIUM

MOST = 255


def judge(accounts: Subjects[ServiceAccount]) -> Iterator[Finding]:
    """One finding a bound service account."""
    for name, account in accounts:
        if isinstance(account, Absent | Missing):
            yield gap(name, account)
        elif len(account.subject) <= MOST:
            yield holds(name)
        else:
            yield _long(name, account)


def _long(name: str, account: ServiceAccount) -> Finding:
    length = len(account.subject)
    fits = MOST - (length - len(account.name))
    return broken(
        name,
        f"its subject has {length} characters, and STS documents at most {MOST}",
        Evidence("sub claim of its tokens", f"at most {MOST} characters", f"{length} characters"),
        Repair(
            "give the service account a shorter name",
            Safety.MANUAL,
            "a service account cannot be renamed; pods and trust policy have to follow",
            steps=(
                f"kubectl create serviceaccount NAME -n {account.namespace}, "
                f"with a NAME of at most {fits} characters",
                f"annotate it with the role {account.role_arn}, and name it in the role's trust policy",
                "set serviceAccountName in the workloads that use it, then delete the old one",
            ),
        ),
    )
