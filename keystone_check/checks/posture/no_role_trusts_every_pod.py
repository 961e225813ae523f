"""No role of the account lets in every pod of the cluster.

## Why it matters
IAM accepts a trust policy without a condition on `sub` for a private issuer, silently. Any pod that may
get a token for a registered audience, in any namespace, can then assume the role. Roles that no service
account is annotated with are forgotten most easily, so all roles of the account that trust the issuer are
looked at. Each is asked with a service account that nobody has.

## How to fix
`"StringEquals": {"ISSUER-WITHOUT-HTTPS:sub": "system:serviceaccount:NAMESPACE:NAME"}` in the role's trust
policy, or delete the role.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
- https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
"""

from collections.abc import Iterator

from keystone_check.checks import overlooking
from keystone_check.iam.evaluate import Allowed, Undecided
from keystone_check.model.aws import Role
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.world import Expected

severity = Severity.CRITICAL


def judge(trusting_roles: Subjects[Role], issuer: Issuer, expected: Expected) -> Iterator[Finding]:
    """One finding for each role that names the issuer."""
    for arn, role in trusting_roles.seen():
        decision = overlooking.decision(role, issuer, overlooking.NOBODY, expected.audience)
        if isinstance(decision, Undecided):
            yield overlooking.unreadable(arn, decision)
        elif isinstance(decision, Allowed):
            yield _open(arn)
        else:
            yield holds(arn)


def _open(arn: str) -> Finding:
    return broken(
        arn,
        f"its trust policy lets {overlooking.NOBODY} in, and with it every pod of the cluster",
        Evidence("iam:ListRoles, evaluated", "one subject, and no other", f"{overlooking.NOBODY} is let in"),
        overlooking.by_hand(arn, "pin the subject, or delete the role"),
    )
