"""The provider's URL is the issuer, byte for byte.

## Why it matters
STS compares the token's `iss` with the URLs of the account's providers as bytes. A slash at the end, a
letter in another case, a port or a doubled `https://` makes it another URL:
`No OpenIDConnect provider found in your account for https://…` (InvalidIdentityToken). In lists and in the
console the two look alike, so that the provider seems to be there.

## How to fix
Create a provider with exactly the issuer's URL, and delete the bent one: the URL of a provider cannot be
changed.

## References
- https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
"""

from collections.abc import Iterator

from keystone_check.iam.arns import difference, near_misses, provider_arn
from keystone_check.model.aws import Caller
from keystone_check.model.cluster import Issuer
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    broken,
    holds,
    not_applicable,
)

severity = Severity.CRITICAL


SOURCE = "iam:ListOpenIDConnectProviders"


def judge(issuer: Issuer, provider_arns: tuple[str, ...], caller: Caller) -> Iterator[Finding]:
    """One finding, about the provider that is the issuer's or was meant to be."""
    wanted = provider_arn(caller.partition, caller.account, issuer.url)
    near = near_misses(provider_arns, wanted)
    if wanted in provider_arns:
        yield holds(issuer.url)
    elif not near:
        yield not_applicable(issuer.url, "there is no provider whose URL is nearly the issuer's")
    for arn in near if wanted not in provider_arns else ():
        url = f"https://{arn.partition(':oidc-provider/')[2]}"
        yield broken(
            url,
            f"the provider's URL is {url} and the issuer {issuer.url}: {difference(arn, wanted)}",
            Evidence(SOURCE, issuer.url, url),
            _repair(arn),
        )


def _repair(arn: str) -> Repair:
    return Repair(
        "delete the bent provider once the right one stands",
        Safety.MANUAL,
        "who else relies on it is not known here",
        steps=(f"aws iam delete-open-id-connect-provider --open-id-connect-provider-arn {arn}",),
    )
