"""No subject pattern in a trust policy reaches over namespaces.

## Why it matters
`*` and `?` under `StringLike` match `:` and `/` as well. `system:serviceaccount:*:api` lets in the account
`api` of any namespace, and whoever may create a namespace has one; `system:serviceaccount:team*` also matches
`team-of-others`. Nothing complains: the right pods get in too.

## How to fix
Name the namespace in full, up to and with its colon: `system:serviceaccount:NAMESPACE:*` at most, better
`StringEquals` with the accounts one by one.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
"""

from collections.abc import Iterator

from keystone_check.checks import overlooking
from keystone_check.iam.evaluate import Allowed, Undecided
from keystone_check.iam.trust_patterns import subject_patterns
from keystone_check.model.aws import Role
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds, not_applicable
from keystone_check.model.world import Expected

severity = Severity.HIGH


def judge(trusting_roles: Subjects[Role], issuer: Issuer, expected: Expected) -> Iterator[Finding]:
    """One finding for each role that names the issuer."""
    for arn, role in trusting_roles.seen():
        nobody = overlooking.decision(role, issuer, overlooking.NOBODY, expected.audience)
        if isinstance(nobody, Undecided):
            yield overlooking.unreadable(arn, nobody)
        elif isinstance(nobody, Allowed):
            yield not_applicable(arn, "it lets in every pod, whatever its namespace")
        else:
            yield _judged(arn, role, issuer, expected.audience)


def _judged(arn: str, role: Role, issuer: Issuer, audience: str) -> Finding:
    for pattern, stranger in subject_patterns(role.trust, issuer.url):
        if isinstance(overlooking.decision(role, issuer, stranger, audience), Allowed):
            return broken(
                arn,
                f"its trust policy has the subject pattern {pattern}, which lets {stranger} in",
                Evidence("iam:ListRoles, evaluated", "the namespace in full", pattern),
                overlooking.by_hand(arn, "name the namespace"),
            )
    return holds(arn)
