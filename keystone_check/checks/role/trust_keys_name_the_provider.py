"""The condition keys in the trust policy begin with the issuer's host and path.

## Why it matters
STS sets `HOST/PATH:sub` and `HOST/PATH:aud`, with the issuer as it is registered, without `https://`. A key
with another host, without the path, with the scheme, or with the provider's ARN before the colon is in no
request: the condition is false and STS says `Not authorized to perform sts:AssumeRoleWithWebIdentity`
(AccessDenied), or, under `…IfExists`, everybody gets in. This is what remains in a policy when a cluster was
rebuilt with a new issuer.

## How to fix
Write the key as the finding names it.

## References
- https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
"""

from collections.abc import Iterator

from keystone_check.checks import trusting
from keystone_check.iam.trust_flaws import bent_keys
from keystone_check.iam.web_identity import host_of
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
    flaws = bent_keys(meeting.role.trust, meeting.provider_arn, meeting.issuer)
    return trusting.flawed(meeting, flaws, f"keys that begin with {host_of(meeting.issuer)}:")
