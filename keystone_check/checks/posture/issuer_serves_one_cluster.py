"""The issuer's key set is of one cluster.

## Why it matters
A token names its issuer, namespace and service account, and not its cluster. When several clusters sign for
one issuer, the service account `app/api` of each of them may assume the role that was meant for one. All
their keys stand in one key set. Two keys are healthy: one that signs, and one that has signed until the
last rotation. More keys than that which this cluster's API server does not have are either of other
clusters or left over from rotations; which of them, nothing that is published tells. Each of them can sign
for every role that trusts the issuer.

## How to fix
Give each cluster an issuer of its own, a path in the bucket is enough; remove keys that sign no more.

## References
- https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
"""

from collections.abc import Iterator

from keystone_check.checks.publishing import read_body
from keystone_check.iam.oidc import KeySet, Unreadable, read_key_set
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


FORMER_KEYS = 1
"""How many keys of former rotations are healthy beside those of the API server."""


def judge(key_set: Response, cluster_keys: Response) -> Iterator[Finding]:
    """One finding, about the published key set."""
    published, cluster = read_body(key_set, read_key_set), read_body(cluster_keys, read_key_set)
    for read in (published, cluster):
        if isinstance(read, Unreadable):
            yield not_applicable(key_set.url, read.because)
            return
    assert isinstance(published, KeySet)
    assert isinstance(cluster, KeySet)
    yield _judged(key_set.url, published, cluster)


def _judged(url: str, published: KeySet, cluster: KeySet) -> Finding:
    ours = {key.thumbprint for key in cluster.keys}
    strange = tuple(key.kid for key in published.keys if key.thumbprint not in ours)
    if len(strange) <= FORMER_KEYS:
        return holds(url)
    seen = ", ".join(strange)
    return broken(
        url,
        f"{len(strange)} published keys are not of this cluster's API server ({seen}): "
        "they are of other clusters, or were left by rotations; which, nothing that is published tells",
        Evidence(f"anonymous GET {url} and the API server's key set", "at most one former key", seen),
        Repair(
            "remove the keys that nobody signs with, or give each cluster its own issuer",
            Safety.MANUAL,
            "whose keys they are is not known here",
            steps=(
                "on each cluster of yours: kubectl get --raw /openid/v1/jwks, and compare the kids",
                f"publish a key set at {url} without those that no cluster has",
            ),
        ),
    )
