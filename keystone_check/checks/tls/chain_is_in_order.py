"""Each certificate is followed by the one that signed it.

## Why it matters
AWS asks for a chain that begins with the host's own certificate and goes up from there. Out of order, it
gets a signature mismatch and STS does not validate the token. Browsers and curl sort for themselves, so
that nothing else shows it. The IAM console says `Please check .well-known/openid-configuration of provider:
… is valid` when the provider is made; the exchange fails with InvalidIdentityToken.

## How to fix
Put the certificates into the server's file in this order: its own, the intermediate that signed it, the one
above.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://repost.aws/knowledge-center/iam-oidc-idp-federation
- https://www.rfc-editor.org/rfc/rfc8446#section-4.4.2
"""

from collections.abc import Iterator

from keystone_check.checks import serving
from keystone_check.iam import served_chain
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.web import Certificate, Chain

severity = Severity.CRITICAL


def judge(chains: Subjects[Chain]) -> Iterator[Finding]:
    """One finding a host."""
    yield from serving.each(chains, _judged)


def _judged(chain: Chain) -> Finding:
    if served_chain.in_order(chain):
        return holds(chain.host)
    upwards = served_chain.path(chain)
    right, seen = _named(upwards), _named(chain.certificates)
    return broken(
        chain.host,
        f"{chain.host} serves its certificates out of order: {seen}",
        Evidence(f"certificates of {chain.host} as served", right, seen),
        serving.by_hand(
            chain.host,
            "serve the certificates in order",
            "write the server's certificate file in this order:",
            *(f"  {one.subject}" for one in upwards),
        ),
    )


def _named(certificates: tuple[Certificate, ...]) -> str:
    return " → ".join(one.subject for one in certificates)
