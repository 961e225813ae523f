"""Every published key has a kid.

## Why it matters
STS looks for the token's key by its `kid`. A key without one is never found, whatever the token's header
says; users report that even a token with an empty kid was refused until the key got `"kid": ""`. The
exchange ends in `Couldn't retrieve verification key from your identity provider` (InvalidIdentityToken).

## How to fix
Give each key the kid that its tokens name. Kubernetes' own signer takes the SHA-256 of the key's DER form.

## References
- https://github.com/aws/amazon-eks-pod-identity-webhook/issues/12
- https://www.rfc-editor.org/rfc/rfc7517#section-4.5
"""

from collections.abc import Iterator

from keystone_check.checks import publishing, revising
from keystone_check.iam import spki
from keystone_check.iam.oidc import KeySet, Unreadable, read_key_set
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds, not_applicable
from keystone_check.model.web import Response

severity = Severity.HIGH


def judge(key_set: Response, bucket: publishing.StoredDocuments) -> Iterator[Finding]:
    """One finding, about the key set."""
    published = publishing.read_body(key_set, read_key_set)
    if isinstance(published, Unreadable):
        yield not_applicable(key_set.url, f"there is no published key set to read: {published.because}")
        return
    nameless = [key for key in published.keys if not key.named]
    if not nameless:
        yield holds(key_set.url)
        return
    revision = revising.Revision(
        "give every key its kid",
        "a key without a kid is of no use to STS, and those that have one keep it",
        revising.with_keys(lambda members: _named(members, published)),
    )
    seen = "; ".join(f"{key.kty} key of thumbprint {key.thumbprint or '(none)'}" for key in nameless)
    yield broken(
        key_set.url,
        f"{len(nameless)} of {len(published.keys)} published keys have no kid, so STS finds none: {seen}",
        Evidence(f"kid of each key in {key_set.url}", "a kid each", f"none on: {seen}"),
        revising.revise(key_set.url, key_set, bucket, revision),
    )


def _named(members: dict[str, object], published: KeySet) -> dict[str, object]:
    """The kid that Kubernetes' own signer would give it."""
    if isinstance(members.get("kid"), str):
        return members
    nameless = (key for key in published.keys if not key.named)
    key = next((key for key in nameless if key.members.items() <= members.items()), None)
    kid = spki.kid(key) if key else ""
    return {**members, "kid": kid} if kid else members
