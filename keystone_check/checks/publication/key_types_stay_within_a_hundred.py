"""The key set holds at most a hundred keys of a type.

## Why it matters
AWS takes 1 to 100 RSA keys and 1 to 100 EC keys, counted apart. Beyond that the token's key may not be
found: `Couldn't retrieve verification key from your identity provider` (InvalidIdentityToken). It happens
where one issuer serves many clusters, or where a rotation adds keys and never takes one out.

## How to fix
Take the keys out that no server has and whose tokens have expired; give each cluster an issuer of its own.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://github.com/spiffe/spire/issues/4699
"""

from collections.abc import Iterator

from keystone_check.checks import publishing, revising
from keystone_check.iam.jwk import MOST_KEYS
from keystone_check.iam.oidc import KeySet, Unreadable, merge_key_sets, read_key_set
from keystone_check.model.facts import Missing
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

severity = Severity.CRITICAL


def judge(
    key_set: Response, bucket: publishing.StoredDocuments, cluster_keys: Response | Missing
) -> Iterator[Finding]:
    """One finding for each type that the set holds."""
    published = publishing.read_body(key_set, read_key_set)
    if isinstance(published, Unreadable):
        yield not_applicable(key_set.url, f"there is no published key set to count: {published.because}")
        return
    for kty in ("RSA", "EC"):
        count = len(published.of_type(kty))
        if 0 < count <= MOST_KEYS:
            yield holds(kty)
        elif count:
            yield broken(
                kty,
                f"the key set holds {count} {kty} keys, and AWS takes {MOST_KEYS} of a type",
                Evidence(f"{kty} keys in {key_set.url}", f"1 to {MOST_KEYS}", str(count)),
                _repair(key_set, bucket, cluster_keys),
            )


def _repair(
    key_set: Response, bucket: publishing.StoredDocuments, cluster_keys: Response | Missing
) -> Repair | None:
    """The cluster's own keys alone, where they are known."""
    if isinstance(cluster_keys, Missing) or not isinstance(cluster_keys.body, str):
        return None
    own = cluster_keys.body
    if not isinstance(revising.own_keys(cluster_keys), KeySet):
        return None
    revision = revising.Revision(
        "publish the API server's own keys alone",
        "tokens of every other key are refused from then on",
        lambda _: merge_key_sets((own,)),
        Safety.UNSAFE,
    )
    return revising.revise(key_set.url, key_set, bucket, revision)
