"""A published key that no server has is none that can be broken.

## Why it matters
Whoever has the private half of a published key is the cluster, for AWS. A former key beside the one that
signs is right during a rotation, for as long as tokens that it signed live, and is shown as information. A
former key that is weak is not: an RSA modulus far below 2048 bits can be factored by a stranger from what
is published, and the tokens that he then signs are accepted. Nothing refuses, and nothing is logged at the
cluster.

## How to fix
Take a key out once the tokens that it signed have expired (a day after the rotation, by default), a weak
one at once.

## References
- https://www.rfc-editor.org/rfc/rfc7518#section-3.3
- https://docs.k3s.io/cli/certificate#service-account-issuer-key-rotation
"""

from collections.abc import Iterator

from keystone_check.checks import publishing, revising
from keystone_check.iam.jwk import Jwk
from keystone_check.iam.oidc import Unreadable, read_key_set
from keystone_check.model.finding import Evidence, Finding, Safety, Severity, broken, holds, not_applicable
from keystone_check.model.web import Response

severity = Severity.HIGH


def judge(key_set: Response, cluster_keys: Response, bucket: publishing.StoredDocuments) -> Iterator[Finding]:
    """One finding for each published key that can verify anything."""
    published, own = publishing.read_body(key_set, read_key_set), revising.own_keys(cluster_keys)
    if isinstance(published, Unreadable) or isinstance(own, Unreadable):
        yield not_applicable(key_set.url, "there are no two key sets to compare")
        return
    thumbprints = {key.thumbprint for key in own.keys}
    for key in published.keys:
        if key.thumbprint in thumbprints:
            yield holds(key.kid)
        elif key.doubts and not key.untried:
            yield _weak(key, key_set, bucket)
        else:
            yield holds(
                key.kid,
                "not of the API server that answered: right while tokens that it signed live",
            )


def _weak(key: Jwk, key_set: Response, bucket: publishing.StoredDocuments) -> Finding:
    revision = revising.Revision(
        "take the weak key out",
        "tokens that it signed are refused from then on",
        revising.with_keys(lambda members: None if key.members.items() <= members.items() else members),
        Safety.UNSAFE,
    )
    return broken(
        key.kid,
        f"the published key {key.kid} is not of the API server that answered, and is weak: {key.doubts[0]}",
        Evidence(f"keys in {key_set.url}", "keys of an API server, or strong ones", key.doubts[0]),
        revising.revise(key_set.url, key_set, bucket, revision),
    )
