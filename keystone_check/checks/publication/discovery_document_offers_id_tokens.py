"""The discovery document offers id tokens for public subjects.

## Why it matters
AWS asks for `response_types_supported` with `id_token` and `subject_types_supported` with `public`. The API
server's document has both; one that was written by hand often lacks them. Whether STS enforces it is not
known; the IAM console says `Please check .well-known/openid-configuration of provider: … is valid` of
documents that it refuses.

## How to fix
Add the two members to the published document; all others stay.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
"""

from collections.abc import Iterator

from keystone_check.checks import publishing, revising
from keystone_check.iam.oidc import Discovery, Unreadable, read_discovery
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds, not_applicable
from keystone_check.model.web import Response

severity = Severity.MEDIUM


def judge(discovery: Response, bucket: publishing.StoredDocuments) -> Iterator[Finding]:
    """One finding, about the published document."""
    published = publishing.read_body(discovery, read_discovery)
    if isinstance(published, Unreadable):
        yield not_applicable(discovery.url, f"there is no published document to read: {published.because}")
        return
    wanted = dict(_lacking(published))
    if not wanted:
        yield holds(discovery.url)
        return
    revision = revising.Revision(
        "offer id tokens for public subjects",
        "it adds what AWS asks for and keeps all other members",
        revising.with_members(wanted),
    )
    seen = "; ".join(f"{name}: {', '.join(_values(published)[name]) or 'none'}" for name in wanted)
    yield broken(
        discovery.url,
        f"the discovery document lacks what AWS asks for: {seen}",
        Evidence(f"members of {discovery.url}", "response type id_token and subject type public", seen),
        revising.revise(discovery.url, discovery, bucket, revision),
    )


def _values(published: Discovery) -> dict[str, tuple[str, ...]]:
    return {
        "response_types_supported": published.response_types,
        "subject_types_supported": published.subject_types,
    }


def _lacking(published: Discovery) -> Iterator[tuple[str, list[str]]]:
    for (name, values), needed in zip(_values(published).items(), ("id_token", "public"), strict=True):
        if needed not in values:
            yield name, [*values, needed]
