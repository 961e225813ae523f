"""The published key set holds no private key.

## Why it matters
A JSON Web Key with `d` (or `p`, `q`, `dp`, `dq`, `qi`, `oth`, `k`) is a private key. Whoever has read it can
sign a token for any service account, and STS grants what its role may do: nothing refuses, nothing is
logged at the cluster. It happens when the key file itself is converted and uploaded, not its public half.

## How to fix
Let the API server sign with a new key, publish the public half of that one alone, and take the old key out
of the key set: cleaning the document is not enough, for what was public may have been copied. Then look in
CloudTrail for AssumeRoleWithWebIdentity calls that no pod of yours made.

## References
- https://www.rfc-editor.org/rfc/rfc7517#section-9.2 (JSON Web Key: private keys must be protected)
- https://www.rfc-editor.org/rfc/rfc7518#section-6.3.2 (the private members of an RSA key)
- https://docs.k3s.io/cli/certificate#service-account-issuer-key-rotation
"""

from collections.abc import Iterator
from dataclasses import replace

from keystone_check.checks import publishing
from keystone_check.iam.jwk import Jwk
from keystone_check.iam.oidc import KeySet, Unreadable, read_key_set
from keystone_check.model.aws import Bucket
from keystone_check.model.facts import Absent, Missing
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
    """One finding, about the key set as strangers get it."""
    published = publishing.read_body(key_set, read_key_set)
    if isinstance(published, Unreadable):
        yield not_applicable(key_set.url, f"there is no published key set to search: {published.because}")
        return
    leaked = [key for key in published.keys if key.private]
    if not leaked:
        yield holds(key_set.url)
        return
    named = "; ".join(f"kid {key.kid or '(none)'}: {', '.join(key.private)}" for key in leaked)
    yield broken(
        key_set.url,
        "the published key set holds a private key: whoever has read it can sign tokens that AWS accepts",
        Evidence(f"members of each key in {key_set.url}", "public members alone", named),
        _repair(leaked, key_set.url, bucket, cluster_keys),
    )


def _repair(
    leaked: list[Jwk], url: str, bucket: Bucket | Absent | Missing, cluster_keys: Response | Missing
) -> Repair | None:
    """A key that the cluster still has can only be replaced there; one that it has not, can be left out."""
    own = None if isinstance(cluster_keys, Missing) else publishing.read_body(cluster_keys, read_key_set)
    if not isinstance(own, KeySet) or {key.thumbprint for key in leaked} & {
        key.thumbprint for key in own.keys
    }:
        return _ROTATE
    offer = publishing.publish_keys(url, bucket, cluster_keys)
    if offer is None or offer.safety is Safety.MANUAL:
        return offer
    reason = "tokens that the leaked key signed are refused from then on"
    return replace(
        offer, title="publish the key set without the leaked key", safety=Safety.UNSAFE, reason=reason
    )


_ROTATE = Repair(
    "replace the signing key",
    Safety.MANUAL,
    "to take the private half out of the document does not take it back",
    steps=(
        "on every API server: sign with a new key, and keep no trace of the old one",
        "  K3s: https://docs.k3s.io/cli/certificate#service-account-issuer-key-rotation",
        "then publish the new one: keystone-check --fix leaves the leaked key out",
    ),
)
