"""The trust policy names the provider.

## Why it matters
STS lets a web identity in only where a statement allows `sts:AssumeRoleWithWebIdentity` to the federated
principal that is the issuer's OIDC provider, with its path and in the role's account. Anything else, such as
the provider of a cluster that was rebuilt, gets
`Not authorized to perform sts:AssumeRoleWithWebIdentity` (AccessDenied).

## How to fix
Name `arn:PARTITION:iam::ACCOUNT:oidc-provider/ISSUER-WITHOUT-HTTPS` as `"Federated"` principal.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
"""

from collections.abc import Iterator

from keystone_check.checks import trusting
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
    if named.holds or meeting.provider_arn in named.federated:  # which action it allows is another check's
        return holds(meeting.name)
    return broken(
        meeting.name,
        f"the trust policy of {meeting.role.arn} does not name the issuer's provider",
        Evidence("iam:GetRole", meeting.provider_arn, ", ".join(named.federated) or named.because),
        trusting.repair(meeting),
    )
