"""No certificate is served twice.

## Why it matters
AWS asks for a chain without duplicates: with one it gets a signature mismatch and STS does not validate the
token (InvalidIdentityToken). It happens when the full chain was appended to a file that held the
intermediate already. Browsers do not mind, so that nothing else shows it.

## How to fix
Take the second copy out of the server's certificate file.

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
    repeated = served_chain.repeated(chain)
    if not repeated:
        return holds(chain.host)
    named = ", ".join(one.subject for one in repeated)
    counted = ", ".join(f"{chain.certificates.count(one)} times {one.subject}" for one in repeated)
    return broken(
        chain.host,
        f"{chain.host} serves {counted}",
        Evidence(f"certificates of {chain.host} as served", f"{named} once", counted),
        serving.by_hand(
            chain.host,
            "serve each certificate once",
            "take the second copy out of the server's certificate file:",
            *(f"  {one.subject} (SHA-1 {one.sha1})" for one in repeated),
        ),
    )
