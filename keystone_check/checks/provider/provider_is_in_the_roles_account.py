"""Roles trust a provider of their own account.

## Why it matters
STS looks for the OIDC provider in the account of the role, and nowhere else: a web identity cannot cross
accounts. A trust policy that names the provider of another account, as when a role was copied or a module
creates the provider only in the cluster's account, is stored without complaint and never matches:
`No OpenIDConnect provider found in your account for https://…` (InvalidIdentityToken), or, with a provider
in both, `Not authorized to perform sts:AssumeRoleWithWebIdentity` (AccessDenied).

## How to fix
Create a provider for the issuer in the role's account and name that one in the trust policy; or let the pod
assume a role of the provider's account, which then assumes the other one.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
- https://docs.aws.amazon.com/eks/latest/userguide/cross-account-access.html
"""

from collections.abc import Iterator

from keystone_check.checks import trusting
from keystone_check.iam.arns import provider_account, read_role_arn, same_url
from keystone_check.iam.evaluate import Undecided
from keystone_check.iam.trust import names_provider
from keystone_check.model.aws import Role
from keystone_check.model.cluster import Issuer, ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.world import Expected

severity = Severity.CRITICAL


def judge(
    accounts: Subjects[ServiceAccount], roles: Subjects[Role], issuer: Issuer, expected: Expected
) -> Iterator[Finding]:
    """One finding a bound service account."""
    return trusting.each(accounts, roles, issuer, expected, _judged)


def _judged(meeting: trusting.Meeting) -> Finding:
    named = names_provider(meeting.role.trust, meeting.provider_arn)
    if isinstance(named, Undecided):
        return trusting.unreadable(meeting, named)
    role = read_role_arn(meeting.role.arn)
    account = role.account if role else ""
    elsewhere = tuple(
        arn
        for arn in named.federated
        if same_url(arn, meeting.provider_arn) and provider_account(arn) != account
    )
    if named.holds or not elsewhere:
        return holds(meeting.name)
    others = ", ".join(dict.fromkeys(map(provider_account, elsewhere)))
    return broken(
        meeting.name,
        f"role {meeting.role.arn} is of account {account} and trusts the provider of account {others}",
        Evidence("iam:GetRole", meeting.provider_arn, ", ".join(elsewhere)),
        trusting.repair(meeting),
    )
