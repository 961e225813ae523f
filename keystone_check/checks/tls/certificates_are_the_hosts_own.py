"""Certificates are seen as the hosts themselves serve them.

## Why it matters
A proxy that inspects TLS answers in the host's name, with a certificate of the company's own authority.
What is seen from here is then not what AWS sees: a thumbprint computed here (`openssl s_client`,
Terraform's `tls_certificate`, eksctl) is the proxy's. Pinned, it gives `OpenIDConnect provider's HTTPS
certificate doesn't match configured thumbprint` (InvalidIdentityToken) wherever AWS compares it. It is
recognised by an authority that nobody knows, signing for a host of AWS's.

## How to fix
Look from a network without TLS inspection, or let the proxy pass the issuer's host through.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
"""

from collections.abc import Iterator

from keystone_check.checks import serving
from keystone_check.iam.served_chain import intercepted
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds
from keystone_check.model.web import Chain

severity = Severity.MEDIUM


def judge(chains: Subjects[Chain]) -> Iterator[Finding]:
    """One finding a host."""
    for host, chain in chains:
        yield gap(host, chain) if isinstance(chain, Absent | Missing) else _judged(chain)


def _judged(chain: Chain) -> Finding:
    if not intercepted(chain):
        return holds(chain.host)
    by = chain.certificates[0].issuer
    through = "the proxy of HTTPS_PROXY" if chain.by == "proxy" else "something on the way"
    return broken(
        chain.host,
        f"{through} answers for {chain.host} with a certificate of {by}, which nobody trusts",
        Evidence(f"certificates of {chain.host} as seen from here", "a public authority's", by),
        serving.by_hand(
            chain.host,
            "look past the proxy",
            "look from a network without TLS inspection, such as a shell in AWS CloudShell",
            f"or let the proxy pass {chain.host} through without inspection (NO_PROXY={chain.host})",
        ),
    )
