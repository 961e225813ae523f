"""The thumbprint matches where AWS would use it.

## Why it matters
AWS trusts an issuer's certificate by its own library of root CAs. Only where the chain does not lead there,
or the host refuses TLS 1.2, does it compare the SHA-1 of the *last* certificate that the host serves with the
provider's thumbprints, for the issuer's host and for the host of jwks_uri:
`OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint` (InvalidIdentityToken). For a
publicly trusted host a thumbprint that differs is information, no fault. A pinned leaf certificate matches
until the next renewal.

## How to fix
Pin the last certificate of the chain as served, of both hosts. The common one-liner with
`openssl s_client | openssl x509 -fingerprint` takes the first one, which is the leaf.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
- https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateOpenIDConnectProviderThumbprint.html
"""

from collections.abc import Iterator

from keystone_check.checks import serving
from keystone_check.iam.arns import provider_arn
from keystone_check.iam.served_chain import intercepted
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
    gap,
    holds,
    not_applicable,
)
from keystone_check.model.web import Chain

severity = Severity.CRITICAL
MOST = 5
"""Thumbprints that a provider can hold."""


def judge(
    issuer: Issuer, providers: Subjects[Provider], chains: Subjects[Chain], caller: Caller
) -> Iterator[Finding]:
    """One finding for each host that serves a document."""
    arn = provider_arn(caller.partition, caller.account, issuer.url)
    provider = dict(providers).get(arn)
    for host, chain in chains:
        if isinstance(chain, Absent | Missing):
            yield gap(host, chain)
        elif intercepted(chain):
            yield blocked(host, serving.replaced(chain))
        elif isinstance(provider, Missing):
            yield blocked(host, provider)
        elif isinstance(provider, Provider):
            yield _judged(provider, chain)
        else:
            yield not_applicable(host, f"there is no provider {arn}")


def _judged(provider: Provider, chain: Chain) -> Finding:
    last = chain.certificates[-1].sha1
    listed = last in {thumbprint.lower() for thumbprint in provider.thumbprints}
    if listed:
        return holds(chain.host)
    if chain.publicly_trusted and chain.tls12:
        return holds(chain.host, "its chain is publicly trusted, so AWS does not use the thumbprint")
    why = f"not publicly trusted ({chain.distrust})" if not chain.publicly_trusted else "TLS 1.2 is refused"
    seen = ", ".join(provider.thumbprints) or "none"
    return broken(
        chain.host,
        f"the thumbprint of {chain.host} is not registered, and AWS would use it: {why}"
        + f"; {_pinned(provider, chain)}",
        Evidence("iam:GetOpenIDConnectProvider and the chain as served", last, seen),
        _repair(provider, last),
    )


def _pinned(provider: Provider, chain: Chain) -> str:
    """What the provider holds instead, which tells how it came to that."""
    thumbprints = {thumbprint.lower() for thumbprint in provider.thumbprints}
    served = [certificate.sha1 for certificate in chain.certificates]
    if not thumbprints:
        return "no certificate is pinned at all"
    if served[0] in thumbprints:
        return "the leaf certificate is pinned instead of the last one"
    if thumbprints.intersection(served):
        return "a certificate in the middle of the chain is pinned instead of the last one"
    return "what is pinned is in no chain that it serves now, as after a change of intermediates"


def _repair(provider: Provider, last: str) -> Repair:
    after = (last, *provider.thumbprints)[:MOST]
    change = SetThumbprints(provider.arn, provider.thumbprints, after)
    return Repair(
        "pin the last certificate that the host serves",
        Safety.SAFE if len(provider.thumbprints) < MOST else Safety.UNSAFE,
        "it adds the certificate that the host serves now and keeps the others"
        if len(provider.thumbprints) < MOST
        else "the list is full, so the last one has to go",
        (change,),
    )
