"""A fresh token's signature verifies with the published key.

## Why it matters
A published key may carry the right `kid` and still be another key: a kid that was set by hand, a document
that was edited, a cluster that was rebuilt. STS then says `Token signature invalid` (InvalidIdentityToken;
reported by users, not documented).

## How to fix
Publish the cluster's own key set as the API server serves it at `/openid/v1/jwks`.

## References
- https://www.rfc-editor.org/rfc/rfc7515 (JSON Web Signature)
- https://www.rfc-editor.org/rfc/rfc7638 (JSON Web Key Thumbprint)
"""

from collections.abc import Iterator

from keystone_check.checks import publishing
from keystone_check.iam.oidc import Jwk, Unreadable, read_key_set
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Severity,
    blocked,
    broken,
    gap,
    holds,
    not_applicable,
)
from keystone_check.model.web import Response

severity = Severity.CRITICAL


def judge(
    tokens: Subjects[Token],
    key_set: Response,
    bucket: publishing.StoredDocuments,
    cluster_keys: Response | Missing,
) -> Iterator[Finding]:
    """One finding a bound service account."""
    published = publishing.read_body(key_set, read_key_set)
    if isinstance(published, Unreadable):
        yield not_applicable(key_set.url, f"there is no published key to verify with: {published.because}")
        return
    repair = publishing.publish_keys(key_set.url, bucket, cluster_keys)
    for name, token in tokens:
        if isinstance(token, Absent | Missing):
            yield gap(name, token)
        else:
            same_kid = tuple(key for key in published.keys if key.kid == token.kid)
            yield _judged(name, token, same_kid, key_set.url, repair)


def _judged(name: str, token: Token, keys: tuple[Jwk, ...], url: str, repair: publishing.Offer) -> Finding:
    if not keys:
        return not_applicable(name, f"no published key has the kid {token.kid}")
    if any(key.thumbprint in token.signed_by for key in keys):
        return holds(name)
    untried = next((key.untried for key in keys if key.untried), "")
    if untried:
        return blocked(
            name,
            Missing(token.kid, f"nobody knows whether the published key {token.kid} signed it: {untried}"),
        )
    return broken(
        name,
        f"the published key {token.kid} is not the one that signed its token",
        Evidence(
            f"signature of a fresh token against {url}",
            f"verifies with key {token.kid}",
            f"verifies with {_named(token.signed_by)}, published under that kid is {keys[0].thumbprint}",
        ),
        repair,
    )


def _named(thumbprints: tuple[str, ...]) -> str:
    return f"the key of thumbprint {', '.join(thumbprints)}" if thumbprints else "no known key"
