"""The thumbprints outlive a renewal of the host's certificate.

## Why it matters
A pinned leaf certificate matches until its renewal, and that day every exchange ends in `OpenIDConnect
provider's HTTPS certificate doesn't match configured thumbprint` (InvalidIdentityToken). The common
one-liner with `openssl s_client | openssl x509 -fingerprint` prints the leaf's. Where the chain is publicly
trusted AWS does not use the thumbprint, and a pinned leaf is information.

## How to fix
Serve the certificate of the authority above the leaf too, and pin that one: the last one that the host
serves.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
- https://github.com/aws/aws-cdk/issues/8607
"""

from collections.abc import Iterator

from keystone_check.checks import serving
from keystone_check.model.aws import Caller, Provider
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds, not_applicable
from keystone_check.model.web import Chain

severity = Severity.HIGH


def judge(
    issuer: Issuer, providers: Subjects[Provider], chains: Subjects[Chain], caller: Caller
) -> Iterator[Finding]:
    """One finding a host."""
    yield from serving.each_pinned(issuer, providers, chains, caller, _judged)


def _judged(provider: Provider, chain: Chain) -> Finding:
    leaf, last = chain.certificates[0], chain.certificates[-1]
    if leaf.is_ca or not serving.pinned(provider, leaf.sha1):
        return holds(chain.host)
    until = serving.day(leaf.not_after)
    if not serving.falls_back(chain):
        return holds(chain.host, f"its own certificate (until {until}) is pinned, and AWS does not use it")
    if last != leaf and serving.pinned(provider, last.sha1):
        return holds(chain.host, f"its own certificate (until {until}) is pinned beside the last one")
    if last != leaf:
        return not_applicable(chain.host, "the last certificate is not pinned, and that one counts today")
    return broken(
        chain.host,
        f"the thumbprint of {chain.host} is of its own certificate: it matches until that is renewed,"
        f" at the latest on {until}",
        Evidence("iam:GetOpenIDConnectProvider and the chain as served", "an authority's", leaf.sha1),
        serving.by_hand(
            chain.host,
            "serve and pin the certificate of the authority",
            f"append the certificate of {leaf.issuer} to the server's certificate file and reload it",
            "then pin it: keystone-check --fix",
        ),
    )
