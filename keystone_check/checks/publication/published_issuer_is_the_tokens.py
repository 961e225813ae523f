"""The published document names the tokens' issuer, byte for byte.

## Why it matters
OpenID Connect demands that the `issuer` in the document, the address that it is fetched from and the `iss`
claim of every token are one and the same string; a slash at the end or another letter case makes another
issuer. AWS lists the `issuer` field among those that the document must have.

## How to fix
Write the issuer into the document exactly as the tokens name it, and upload it again.

## References
- https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
"""

from collections.abc import Iterator

from keystone_check.checks import publishing
from keystone_check.iam.oidc import Unreadable, read_discovery
from keystone_check.model.cluster import Issuer, Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds, not_applicable
from keystone_check.model.web import Response

severity = Severity.CRITICAL


def judge(
    discovery: Response,
    tokens: Subjects[Token],
    issuer: Issuer,
    bucket: publishing.StoredDocuments,
    cluster_keys: Response | Missing,
) -> Iterator[Finding]:
    """One finding for each issuer that tokens name, and for each token that nobody has."""
    published = publishing.read_body(discovery, read_discovery)
    if isinstance(published, Unreadable):
        yield not_applicable(discovery.url, f"there is no published document to compare: {published.because}")
        return
    yield from (gap(name, token) for name, token in tokens if isinstance(token, Absent | Missing))
    for named in dict.fromkeys(token.issuer for _, token in tokens.seen()):
        if published.issuer == named:
            yield holds(named)
            continue
        yield broken(
            named,
            f"the published document names the issuer {published.issuer}, the tokens name {named}",
            Evidence(f"issuer in {discovery.url}", f"{named} (iss claim of fresh tokens)", published.issuer),
            publishing.publish_discovery(issuer, bucket, cluster_keys) if named == issuer.url else None,
        )
