"""The list of thumbprints has room for the next one.

## Why it matters
IAM takes five thumbprints. A list that is full of values which no host serves any more has no place for the
next certificate: a renewal of the authority then ends in `OpenIDConnect provider's HTTPS certificate
doesn't match configured thumbprint` (InvalidIdentityToken) until somebody clears the list.

## How to fix
Take out what no host serves. UpdateOpenIDConnectProviderThumbprint replaces the whole list.

## References
- https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateOpenIDConnectProviderThumbprint.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
"""

from collections.abc import Iterator

from keystone_check.iam.arns import provider_arn
from keystone_check.model.aws import Caller, Provider
from keystone_check.model.change import SetThumbprints
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Absent, Missing, Subjects
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
from keystone_check.model.web import Chain

severity = Severity.LOW
MOST = 5


def judge(
    issuer: Issuer, providers: Subjects[Provider], chains: Subjects[Chain], caller: Caller
) -> Iterator[Finding]:
    """One finding, about the issuer's provider."""
    arn = provider_arn(caller.partition, caller.account, issuer.url)
    match dict(providers).get(arn):
        case Provider() as provider:
            yield _judged(provider, chains)
        case Missing() as missing:
            yield blocked(arn, missing)
        case _:
            yield not_applicable(arn, f"there is no provider {arn}")


def _judged(provider: Provider, chains: Subjects[Chain]) -> Finding:
    served = {one.sha1 for _, chain in chains.seen() for one in chain.certificates}
    stale = [thumbprint for thumbprint in provider.thumbprints if thumbprint.lower() not in served]
    if len(provider.thumbprints) < MOST or not stale:
        return holds(provider.arn)
    seen = f"{len(provider.thumbprints)}, of which no host serves {', '.join(stale)}"
    return broken(
        provider.arn,
        f"the provider holds {seen}: there is no room for another thumbprint",
        Evidence("iam:GetOpenIDConnectProvider", f"fewer than {MOST} thumbprints", seen),
        _repair(provider, stale, chains),
    )


def _repair(provider: Provider, stale: list[str], chains: Subjects[Chain]) -> Repair | None:
    """None where a host was not seen, whose thumbprint may be among them, or where none would be left."""
    unseen = any(isinstance(chain, Absent | Missing) for _, chain in chains)
    kept = tuple(thumbprint for thumbprint in provider.thumbprints if thumbprint not in stale)
    if unseen or not kept:
        return None
    return Repair(
        "take out the thumbprints that no host serves",
        Safety.UNSAFE,
        "a certificate that comes back, as after a failed renewal, would be refused",
        (SetThumbprints(provider.arn, provider.thumbprints, kept),),
    )
