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
from keystone_check.model.cluster import Issuer
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
    issuer: Issuer, provider_arns: tuple[str, ...], roles: Subjects[Role], caller: Caller
) -> Iterator[Finding]:
    """One finding, about the issuer; one more for each role that cannot be seen while there are two."""
    wanted = provider_arn(caller.partition, caller.account, issuer.url)
    near = near_misses(provider_arns, wanted)
    if wanted not in provider_arns:
        yield not_applicable(issuer.url, "the issuer has no provider of its own")
    elif not near:
        yield holds(issuer.url)
    else:
        yield from (blocked(name, role) for name, role in roles if near and isinstance(role, Missing))
        yield _judged(issuer, wanted, near, roles)


def _judged(issuer: Issuer, wanted: str, near: tuple[str, ...], roles: Subjects[Role]) -> Finding:
    misled = tuple(role.arn for _, role in roles.seen() if _names_only(role, wanted, near))
    others = ", ".join(near)
    if not misled:
        return holds(issuer.url, f"beside its provider stands {others}, which no role here trusts")
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
