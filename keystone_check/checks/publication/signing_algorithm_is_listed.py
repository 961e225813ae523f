"""The discovery document lists the algorithm that tokens are signed with.

## Why it matters
AWS asks for `id_token_signing_alg_values_supported` with one or more of RS256, RS384, RS512, ES256, ES384
and ES512. After a change from an RSA to an EC key the published document often still names RS256 alone.
Whether STS compares it is not known; other readers of the document refuse the token.

## How to fix
Add the algorithm of the signing key to the list, and keep those of former keys whose tokens still live.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
"""

from collections.abc import Iterator

from keystone_check.checks import publishing, revising
from keystone_check.iam.oidc import ALGORITHMS, Discovery, Unreadable, read_discovery
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds, not_applicable
from keystone_check.model.web import Response

severity = Severity.MEDIUM
MEMBER = "id_token_signing_alg_values_supported"


def judge(
    discovery: Response, tokens: Subjects[Token], bucket: publishing.StoredDocuments
) -> Iterator[Finding]:
    """One finding for each algorithm that tokens are signed with."""
    published = publishing.read_body(discovery, read_discovery)
    if isinstance(published, Unreadable):
        yield not_applicable(discovery.url, f"there is no published document to read: {published.because}")
        return
    yield from (gap(name, token) for name, token in tokens if isinstance(token, Absent | Missing))
    for algorithm in dict.fromkeys(token.algorithm for _, token in tokens.seen()):
        yield _judged(algorithm, published, discovery, bucket)


def _judged(
    algorithm: str, published: Discovery, discovery: Response, bucket: publishing.StoredDocuments
) -> Finding:
    if algorithm not in ALGORITHMS:
        return not_applicable(algorithm, f"STS verifies no {algorithm}, whatever the document lists")
    if algorithm in published.algorithms:
        return holds(algorithm)
    revision = revising.Revision(
        f"list {algorithm}",
        "it adds the algorithm and keeps the others",
        revising.with_members({MEMBER: [algorithm, *published.algorithms]}),
    )
    listed = ", ".join(published.algorithms) or "none"
    return broken(
        algorithm,
        f"tokens are signed with {algorithm}; the discovery document lists {listed}",
        Evidence(f"{MEMBER} in {discovery.url}", algorithm, listed),
        revising.revise(discovery.url, discovery, bucket, revision),
    )
