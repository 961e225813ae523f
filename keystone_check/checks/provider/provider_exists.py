"""An IAM OIDC provider of the role's account names the issuer.

## Why it matters
STS looks in the role's own account for the OIDC provider whose URL equals the token's `iss`. There is none
when the cluster was rebuilt with a new issuer, when the provider was made in another account, or when its
URL differs by a slash at the end or by letter case:
`No OpenIDConnect provider found in your account for https://…` (InvalidIdentityToken).

## How to fix
Create the provider in the account of the roles, with exactly the issuer's URL and the audience of the tokens
as client id. The URL of a provider cannot be changed; a bent one is replaced.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
"""

from collections.abc import Iterator

from keystone_check.iam.arns import provider_arn, read_role_arn
from keystone_check.iam.oidc import issuer_problem
from keystone_check.iam.served_chain import intercepted
from keystone_check.model.aws import Caller, Provider
from keystone_check.model.cluster import Issuer, ServiceAccount
from keystone_check.model.creation import CreateProvider
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
)
from keystone_check.model.web import Chain
from keystone_check.model.world import Expected

severity = Severity.CRITICAL


def judge(
    issuer: Issuer,
    accounts: Subjects[ServiceAccount],
    providers: Subjects[Provider],
    caller: Caller,
    chains: Subjects[Chain],
    expected: Expected,
    now: int,
) -> Iterator[Finding]:
    """One finding for each account that holds a role of a bound service account."""
    yield from (blocked(name, account) for name, account in accounts if isinstance(account, Missing))
    audiences = tuple(dict.fromkeys(item.audience(expected.audience) for _, item in accounts.seen()))
    roles = (read_role_arn(item.role_arn) for _, item in accounts.seen())
    # A role that is annotated in a partition that its account is not of is the binding's defect.
    places = (
        (caller.partition if role.account == caller.account else role.partition, role.account)
        for role in roles
        if role
    )
    for partition, account in dict.fromkeys(places):
        arn = provider_arn(partition, account, issuer.url)
        if account != caller.account:
            because = f"the caller is of account {caller.account} and cannot read providers of {account}"
            yield blocked(arn, Missing(arn, because))
        else:
            yield _judged(arn, issuer, providers, _thumbprints(chains), audiences, now)


def _judged(
    arn: str,
    issuer: Issuer,
    providers: Subjects[Provider],
    thumbprints: tuple[str, ...],
    audiences: tuple[str, ...],
    now: int,
) -> Finding:
    match dict(providers).get(arn):
        case Provider() as provider:
            return holds(arn, _age(provider, now))
        case Missing() as missing:
            return blocked(arn, missing)
        case _:
            near = tuple(f"https://{provider.url}" for _, provider in providers.seen())
            return broken(
                arn,
                f"no OIDC provider names the issuer {issuer.url}",
                Evidence(
                    "iam:ListOpenIDConnectProviders", arn, f"near: {', '.join(near)}" if near else "none near"
                ),
                _create(arn, issuer, thumbprints, audiences),
            )


SETTLED_SECONDS = 300


def _age(provider: Provider, now: int) -> str:
    """Information on a provider so young that not every region of IAM and STS may know it yet."""
    if isinstance(provider.created, Missing) or now - provider.created >= SETTLED_SECONDS:
        return ""
    age = max(0, now - provider.created)
    return f"it was made {age} s ago; IAM is eventually consistent, so STS may not know it everywhere yet"


def _create(
    arn: str, issuer: Issuer, thumbprints: tuple[str, ...], audiences: tuple[str, ...]
) -> Repair | None:
    if issuer_problem(issuer.url):
        return None
    change = CreateProvider(arn, issuer.url, audiences, thumbprints)
    return Repair(
        "create the OIDC provider",
        Safety.SAFE,
        "a provider alone lets nobody in: roles must trust it",
        (change,),
    )


def _thumbprints(chains: Subjects[Chain]) -> tuple[str, ...]:
    """The last certificate that each host serves, which is what IAM compares."""
    return tuple(
        dict.fromkeys(
            chain.certificates[-1].sha1
            for _, chain in chains.seen()
            if chain.certificates and not intercepted(chain)
        )
    )
