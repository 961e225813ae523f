"""Wildcards in the trust policy stand under StringLike.

## Why it matters
Under `StringEquals` a `*` or `?` is a plain character. `"StringEquals": {"ISSUER:sub":
"system:serviceaccount:app:*"}` asks for an account whose name is a star, so nobody gets in: `An error
occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform
sts:AssumeRoleWithWebIdentity`. Under `StringNotEquals` it excludes nobody.

## How to fix
Name the service accounts one by one under `StringEquals`; where a whole namespace is really meant, put the
pattern under `StringLike`.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from collections.abc import Iterator

from keystone_check.checks import trusting
from keystone_check.iam.trust_flaws import literal_wildcards
from keystone_check.model.aws import Role
from keystone_check.model.cluster import Issuer, ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Finding, Severity
from keystone_check.model.world import Expected

severity = Severity.HIGH


def judge(
    accounts: Subjects[ServiceAccount], roles: Subjects[Role], issuer: Issuer, expected: Expected
) -> Iterator[Finding]:
    """One finding a bound service account."""
    return trusting.each(accounts, roles, issuer, expected, _judged)


def _judged(meeting: trusting.Meeting) -> Finding:
    flaws = literal_wildcards(meeting.role.trust, meeting.provider_arn, meeting.issuer)
    return trusting.flawed(meeting, flaws, "wildcards under StringLike only")
