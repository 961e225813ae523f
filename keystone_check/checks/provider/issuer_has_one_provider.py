"""No role trusts a second provider of nearly the same URL.

## Why it matters
Two providers whose URLs differ by a slash, by letter case or by a port are two providers. STS uses the one
whose URL is the token's `iss`; a trust policy that names the other looks right and never matches:
`Not authorized to perform sts:AssumeRoleWithWebIdentity` (AccessDenied).

## How to fix
Name the issuer's own provider in the trust policy, and delete the other one.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
"""

from collections.abc import Iterator

from keystone_check.iam.arns import near_misses, provider_arn
from keystone_check.iam.evaluate import Undecided
from keystone_check.iam.trust import names_provider
from keystone_check.model.aws import Caller, Role
from keystone_check.model.cluster import Issuer, ServiceAccount
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    blocked,
    broken,
    holds,
    not_applicable,
)

severity = Severity.MEDIUM


def judge(
    issuer: Issuer,
    provider_arns: tuple[str, ...],
    accounts: Subjects[ServiceAccount],
    roles: Subjects[Role],
    caller: Caller,
) -> Iterator[Finding]:
    """One finding, about the issuer; or, while there are two, one for each role that cannot be seen."""
    wanted = provider_arn(caller.partition, caller.account, issuer.url)
    near = near_misses(provider_arns, wanted)
    if wanted not in provider_arns:
        yield not_applicable(issuer.url, "the issuer has no provider of its own")
    elif not near:
        yield holds(issuer.url)
    else:
        bound = {account.role_arn: roles[account.role_arn] for _, account in accounts.seen()}
        unseen = [blocked(arn, role) for arn, role in bound.items() if isinstance(role, Missing)]
        seen = [role for role in bound.values() if isinstance(role, Role)]
        misled = tuple(role.arn for role in seen if _names_only(role, wanted, near))
        yield from unseen
        if misled:
            yield _misled(issuer, wanted, near, misled)
        elif not unseen:
            told = f"beside its provider stands {', '.join(near)}, which no role here trusts"
            yield holds(issuer.url, told)


def _misled(issuer: Issuer, wanted: str, near: tuple[str, ...], misled: tuple[str, ...]) -> Finding:
    others = ", ".join(near)
    return broken(
        issuer.url,
        f"beside the issuer's provider {wanted} stands {others}, and {', '.join(misled)} trusts that one",
        Evidence("iam:ListOpenIDConnectProviders and iam:GetRole", wanted, others),
        Repair(
            "delete the provider that is not the issuer's",
            Safety.MANUAL,
            "who else relies on it is not known here",
            steps=tuple(
                f"aws iam delete-open-id-connect-provider --open-id-connect-provider-arn {arn}"
                for arn in near
            ),
        ),
    )


def _names_only(role: Role, wanted: str, near: tuple[str, ...]) -> bool:
    named = names_provider(role.trust, wanted)
    return not isinstance(named, Undecided) and not named.holds and bool(set(near) & set(named.federated))
