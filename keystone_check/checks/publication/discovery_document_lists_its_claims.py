"""The discovery document lists the claims of its tokens.

## Why it matters
AWS asks for `claims_supported` with at least aud, iat and iss. The API server's own document has no such
member, so one that was copied as it stands lacks it. Issuers without it are known to work, and nobody has
shown that STS refuses them; the IAM console may still say `Please check .well-known/openid-configuration of
provider: … is valid`.

## How to fix
Add `claims_supported` to the published document; all other members stay.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
"""

from collections.abc import Iterator

from keystone_check.checks import publishing, revising
from keystone_check.iam.oidc import CLAIMS, Unreadable, read_discovery
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds, not_applicable
from keystone_check.model.web import Response

severity = Severity.LOW
WANTED = ("aud", "iat", "iss")


def judge(discovery: Response, bucket: publishing.StoredDocuments) -> Iterator[Finding]:
    """One finding, about the published document."""
    published = publishing.read_body(discovery, read_discovery)
    if isinstance(published, Unreadable):
        yield not_applicable(discovery.url, f"there is no published document to read: {published.because}")
        return
    lacking = [claim for claim in WANTED if claim not in published.claims]
    if not lacking:
        yield holds(discovery.url)
        return
    wanted = list(dict.fromkeys((*published.claims, *CLAIMS)))
    revision = revising.Revision(
        "list the claims",
        "it adds one member for readers and keeps all others",
        revising.with_members({"claims_supported": wanted}),
    )
    yield broken(
        discovery.url,
        f"claims_supported lacks {', '.join(lacking)}; AWS asks for it, whether STS enforces it is not known",
        Evidence(
            f"claims_supported in {discovery.url}", ", ".join(WANTED), ", ".join(published.claims) or "none"
        ),
        revising.revise(discovery.url, discovery, bucket, revision),
    )
