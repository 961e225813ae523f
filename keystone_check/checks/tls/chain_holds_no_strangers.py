"""Every certificate that is served is part of the chain.

## Why it matters
AWS asks for a chain without additional certificates: with one it gets a signature mismatch and STS does not
validate the token (InvalidIdentityToken). It happens when a former intermediate stays in the file after a
renewal. The thumbprint is of the *last* certificate that is served, so that a stranger at the end is pinned
by mistake as well: `OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint`.

## How to fix
Take out of the server's certificate file what did not sign another certificate of it.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://repost.aws/knowledge-center/iam-oidc-idp-federation
"""

from collections.abc import Iterator

from keystone_check.checks import serving
from keystone_check.iam import served_chain
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.web import Chain

severity = Severity.CRITICAL


def judge(chains: Subjects[Chain]) -> Iterator[Finding]:
    """One finding a host."""
    yield from serving.each(chains, _judged)


def _judged(chain: Chain) -> Finding:
    strangers = served_chain.strangers(chain)
    if not strangers:
        return holds(chain.host)
    named = ", ".join(one.subject for one in strangers)
    chained = " → ".join(one.subject for one in served_chain.path(chain))
    return broken(
        chain.host,
        f"{chain.host} serves {named} as well, which signed nothing in its chain",
        Evidence(f"certificates of {chain.host} as served", chained, f"{named} beside them"),
        serving.by_hand(
            chain.host,
            "serve the chain alone",
            "take this out of the server's certificate file:",
            *(f"  {one.subject} (SHA-1 {one.sha1})" for one in strangers),
        ),
    )
