"""The trust policy lets in this service account and no other.

## Why it matters
The condition on `ISSUER:sub` decides which service account may assume the role. A subject of another
namespace, a wildcard under `StringEquals` (where it is a plain character), or a key that begins with the
provider's ARN instead of its host lets nobody in:
`Not authorized to perform sts:AssumeRoleWithWebIdentity` (AccessDenied). No condition, `StringLike` with a
wide pattern, `…IfExists` or `ForAllValues:` lets every pod of the cluster in, and nothing complains: IAM
accepts a trust policy without any condition for a private issuer.

## How to fix
`"StringEquals": {"ISSUER-WITHOUT-HTTPS:sub": "system:serviceaccount:NAMESPACE:NAME"}`

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from collections.abc import Iterator

from keystone_check.checks import trusting
from keystone_check.iam.trust import subject_pin
from keystone_check.model.aws import Role
from keystone_check.model.cluster import Issuer, ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Finding, Severity
from keystone_check.model.world import Expected

severity = Severity.CRITICAL


def judge(
    accounts: Subjects[ServiceAccount], roles: Subjects[Role], issuer: Issuer, expected: Expected
) -> Iterator[Finding]:
    """One finding a bound service account."""
    return trusting.each(accounts, roles, issuer, expected, _judged)


def _judged(meeting: trusting.Meeting) -> Finding:
    wanted = meeting.account.subject
    pin = subject_pin(meeting.role.trust, meeting.provider_arn, meeting.issuer, wanted)
    return trusting.judged(meeting, pin, wanted, "subject")
