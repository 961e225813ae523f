"""The trust policy asks for claims that reach it.

## Why it matters
Of a token from a provider that AWS does not list, five claims reach a trust policy: `sub`, `aud`, `oaud`,
`amr` and `email`. `iss`, `jti`, `azp` and everything under `kubernetes.io` (namespace, pod, node) never do. A
condition on one of them is never true, and STS says
`Not authorized to perform sts:AssumeRoleWithWebIdentity` (AccessDenied). `:azp` was documented as a key until
2023: what it meant is `:aud`, which is the token's `azp` where it has one.

## How to fix
Remove the condition. The namespace is a part of `sub`: `system:serviceaccount:NAMESPACE:NAME`.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
"""

from collections.abc import Iterator

from keystone_check.checks import trusting
from keystone_check.iam.trust_flaws import unfilled_keys
from keystone_check.iam.web_identity import CLAIMS
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
    flaws = unfilled_keys(meeting.role.trust, meeting.provider_arn, meeting.issuer)
    return trusting.flawed(meeting, flaws, "only " + ", ".join(CLAIMS))
