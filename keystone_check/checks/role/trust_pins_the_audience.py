"""The trust policy lets in this audience and no other.

## Why it matters
`ISSUER:aud` is the token's audience as STS sees it (its `azp`, when it has one). A trust policy that asks
for another one gets `Not authorized to perform sts:AssumeRoleWithWebIdentity` (AccessDenied). One that asks
for none is limited by the provider's client ids alone: whoever registers a further client id for this issuer
opens the role to tokens that were minted for something else.

## How to fix
`"StringEquals": {"ISSUER-WITHOUT-HTTPS:aud": "sts.amazonaws.com"}`

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
"""

from collections.abc import Iterator

from keystone_check.checks import trusting
from keystone_check.iam.trust import audience_pin
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
    wanted = meeting.audience
    pin = audience_pin(meeting.role.trust, meeting.provider_arn, meeting.issuer, wanted)
    return trusting.judged(meeting, pin, wanted, "audience")
