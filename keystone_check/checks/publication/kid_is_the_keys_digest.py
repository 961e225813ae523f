"""Keys are published under the kid that their tokens name.

## Why it matters
Kubernetes' own signer names a key by the SHA-256 of its DER form, base64url. A former key that is published
under another kid, because a tool or a hand gave it one, is of no use: tokens that it signed name the
digest, and STS answers `Couldn't retrieve verification key from your identity provider`
(InvalidIdentityToken). An external signer gives its keys other names; where the API server's own keys have
such, this is not judged.

## How to fix
Publish the key under its digest, as the API server does at `/openid/v1/jwks`.

## References
- https://github.com/kubernetes/kubernetes/blob/master/pkg/serviceaccount/jwt.go
- https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/
"""

from collections.abc import Iterator

from keystone_check.checks import publishing, revising
from keystone_check.iam import spki
from keystone_check.iam.jwk import Jwk
from keystone_check.iam.oidc import Unreadable, read_key_set
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    broken,
    holds,
    not_applicable,
)
from keystone_check.model.web import Response

severity = Severity.LOW


def judge(key_set: Response, cluster_keys: Response, bucket: publishing.StoredDocuments) -> Iterator[Finding]:
    """One finding for each published key that has a kid of its own."""
    published, own = publishing.read_body(key_set, read_key_set), revising.own_keys(cluster_keys)
    if isinstance(published, Unreadable) or isinstance(own, Unreadable):
        yield not_applicable(key_set.url, "there are no two key sets to compare")
        return
    if not own.keys or any(key.kid != spki.kid(key) for key in own.keys):
        yield not_applicable(
            key_set.url, "the API server's own keys have other kids: another signer names them"
        )
        return
    names = {key.kid for key in own.keys}
    for key in published.keys:
        digest = spki.kid(key)
        # Another key under a kid of the API server's own, or of another key, is judged as that.
        shared = len({each.thumbprint for each in published.with_kid(key.kid)}) > 1
        if not key.named or not digest or shared or (key.kid in names and key.kid != digest):
            continue
        yield holds(key.kid) if key.kid == digest else _other(key, digest, key_set, bucket)


def _other(key: Jwk, digest: str, key_set: Response, bucket: publishing.StoredDocuments) -> Finding:
    return broken(
        key.kid,
        f"the key {key.kid} is published under that kid; the tokens of Kubernetes' signer name it {digest}",
        Evidence(f"kid of each key in {key_set.url}", digest, key.kid),
        _repair(key, digest, key_set, bucket),
    )


def _repair(key: Jwk, digest: str, key_set: Response, bucket: publishing.StoredDocuments) -> Repair | None:
    def renamed(members: dict[str, object]) -> dict[str, object]:
        return {**members, "kid": digest} if key.members.items() <= members.items() else members

    revision = revising.Revision(
        "publish the key under its digest",
        "if another signer used the key, its tokens name the present kid",
        revising.with_keys(renamed),
        Safety.UNSAFE,
    )
    return revising.revise(key_set.url, key_set, bucket, revision)
