"""The statement that names the provider allows sts:AssumeRoleWithWebIdentity.

## Why it matters
`sts:AssumeRole` is for principals of AWS, `sts:AssumeRoleWithSAML` for SAML providers. A statement that names
the OIDC provider and allows one of those lets no web identity in:
`Not authorized to perform sts:AssumeRoleWithWebIdentity` (AccessDenied).

## How to fix
`"Action": "sts:AssumeRoleWithWebIdentity"`

## References
- https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
"""

from collections.abc import Iterator

from keystone_check.checks import trusting
from keystone_check.iam.trust_flaws import other_actions
from keystone_check.iam.web_identity import ACTION
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
    flaws = other_actions(meeting.role.trust, meeting.provider_arn, meeting.issuer)
    return trusting.flawed(meeting, flaws, ACTION)
