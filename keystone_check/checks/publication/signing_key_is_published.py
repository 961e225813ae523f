"""The published key set contains the key that signs.

## Why it matters
STS finds the key by the `kid` in the token's header. When the published set lacks it (the signing key was
rotated, a server was rebuilt with its own key, the upload is of another cluster) every exchange ends in
`Couldn't retrieve verification key from your identity provider` (InvalidIdentityToken).

## How to fix
Publish the cluster's present key set, and keep the former keys in it as long as tokens that they signed
are in use. At a rotation, publish the new key before it signs.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://docs.k3s.io/cli/certificate#service-account-issuer-key-rotation
"""

from collections.abc import Iterator

from keystone_check.checks import publishing
from keystone_check.iam.oidc import KeySet, Unreadable, read_key_set
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds, not_applicable
from keystone_check.model.web import Response

severity = Severity.CRITICAL


def judge(
    tokens: Subjects[Token],
    key_set: Response,
    bucket: publishing.StoredDocuments,
    cluster_keys: Response | Missing,
) -> Iterator[Finding]:
    """One finding for each key that signs, under its kid."""
    published = publishing.read_body(key_set, read_key_set)
    if isinstance(published, Unreadable):
        yield not_applicable(key_set.url, f"there is no published key set to search: {published.because}")
        return
    yield from (gap(name, token) for name, token in tokens if isinstance(token, Absent | Missing))
    for kid in dict.fromkeys(token.kid for _, token in tokens.seen()):
        yield _judged(kid, published, key_set, publishing.publish_keys(key_set.url, bucket, cluster_keys))


def _judged(kid: str, published: KeySet, key_set: Response, repair: publishing.Offer) -> Finding:
    kids = tuple(key.kid for key in published.keys)
    if kid in kids:
        return holds(kid)
    return broken(
        kid,
        f"the published key set lacks the key that signs: kid {kid}",
        Evidence(f"kid of each key in {key_set.url}", kid, ", ".join(kids) or "no key with a kid"),
        repair,
    )
