"""Hosts accept TLS 1.2.

## Why it matters
Where a host demands TLS 1.3, AWS does not use its library of root CAs but compares thumbprints, even for a
publicly trusted certificate. Thumbprints that nobody cared for until then decide: `OpenIDConnect provider's
HTTPS certificate doesn't match configured thumbprint` (InvalidIdentityToken).

## How to fix
Let the host speak TLS 1.2 as well. Until then, pin the last certificate that it serves.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
"""

from collections.abc import Iterator

from keystone_check.checks import serving
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.web import Chain

severity = Severity.MEDIUM


def judge(chains: Subjects[Chain]) -> Iterator[Finding]:
    """One finding a host."""
    yield from serving.each(chains, _judged)


def _judged(chain: Chain) -> Finding:
    if chain.tls12:
        return holds(chain.host)
    return broken(
        chain.host,
        f"{chain.host} refuses TLS 1.2, so that AWS compares thumbprints in place of its root CAs",
        Evidence(f"a handshake with {chain.host} that is limited to TLS 1.2", "accepted", "refused"),
        serving.by_hand(
            chain.host,
            "accept TLS 1.2",
            "nginx: ssl_protocols TLSv1.2 TLSv1.3;",
            "CloudFront: security policy TLSv1.2_2021",
        ),
    )
