"""The conditions on subject and audience are false where the key is absent.

## Why it matters
`…IfExists` and `ForAllValues:` are true when the request has no such key. With a key that is misspelt or of
another provider, which is then never there, such a condition lets in every pod of the cluster, and nothing
complains. AWS advises against `ForAllValues` with `Allow` for this reason.

## How to fix
Use `StringEquals` (or `StringLike`) without `IfExists` and without `ForAllValues:`; `aud` and `sub` have one
value each.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from collections.abc import Iterator

from keystone_check.checks import trusting
from keystone_check.iam.trust_flaws import lenient_conditions
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
    flaws = lenient_conditions(meeting.role.trust, meeting.provider_arn, meeting.issuer)
    return trusting.flawed(meeting, flaws, "operators that an absent key does not satisfy")
