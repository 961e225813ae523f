"""Where AWS compares thumbprints, both hosts have theirs.

## Why it matters
Discovery document and key set may lie on two hosts. As soon as AWS falls back to thumbprints for one of
them (a private authority, a host that demands TLS 1.3), it checks both, the publicly trusted one too, and
either one that is not in the list fails: `OpenIDConnect provider's HTTPS certificate doesn't match
configured thumbprint` (InvalidIdentityToken). Tools that make the provider often ask one of the two hosts
alone.

## How to fix
Pin the last certificate that each of the two hosts serves.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
"""

from collections.abc import Iterator

from keystone_check.checks import serving
from keystone_check.iam.served_chain import intercepted
from keystone_check.model.aws import Caller, Provider
from keystone_check.model.change import SetThumbprints
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, holds
from keystone_check.model.web import Chain

severity = Severity.HIGH
MOST = 5


def judge(
    issuer: Issuer, providers: Subjects[Provider], chains: Subjects[Chain], caller: Caller
) -> Iterator[Finding]:
    """One finding a host. A host for which AWS falls back itself is judged by its own thumbprint."""
    fallen = [chain.host for _, chain in chains.seen() if _falls_back(chain)]
    yield from serving.each_pinned(
        issuer, providers, chains, caller, lambda provider, chain: _judged(provider, chain, fallen)
    )


def _falls_back(chain: Chain) -> bool:
    """As far as AWS's own view is known: a proxy's certificates tell nothing about it."""
    return serving.falls_back(chain) and not intercepted(chain)


def _judged(provider: Provider, chain: Chain, fallen: list[str]) -> Finding:
    last = chain.certificates[-1].sha1
    if serving.falls_back(chain) or not fallen or serving.pinned(provider, last):
        return holds(chain.host)
    seen = ", ".join(provider.thumbprints) or "none"
    return broken(
        chain.host,
        f"the thumbprint of {chain.host} is not registered: AWS compares both hosts', because of {fallen[0]}",
        Evidence("iam:GetOpenIDConnectProvider and the chains as served", last, seen),
        _repair(provider, last),
    )


def _repair(provider: Provider, last: str) -> Repair | None:
    if len(provider.thumbprints) >= MOST:
        return None
    change = SetThumbprints(provider.arn, provider.thumbprints, (*provider.thumbprints, last))
    return Repair(
        "pin the other host too", Safety.SAFE, "it adds one thumbprint and keeps the others", (change,)
    )
