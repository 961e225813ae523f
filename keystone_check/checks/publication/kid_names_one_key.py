"""A kid names one published key.

## Why it matters
Where two different keys carry the same `kid`, a reader takes either: with the wrong one STS says `Token
signature invalid` (InvalidIdentityToken; reported by users, not documented), and which one it takes may
change from one exchange to the next. It happens when two clusters share an issuer, or kids were set by
hand.

## How to fix
Publish one key under each kid: the one that the API server signs with.

## References
- https://www.rfc-editor.org/rfc/rfc7517#section-4.5
- https://github.com/aws/amazon-eks-pod-identity-webhook/issues/72
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from keystone_check.checks import publishing, revising
from keystone_check.iam.jwk import Jwk
from keystone_check.iam.oidc import KeySet, Unreadable, merge_key_sets, read_key_set
from keystone_check.model.facts import Missing
from keystone_check.model.finding import Evidence, Finding, Safety, Severity, broken, holds, not_applicable
from keystone_check.model.web import Response

severity = Severity.HIGH


def judge(
    key_set: Response, bucket: publishing.StoredDocuments, cluster_keys: Response | Missing
) -> Iterator[Finding]:
    """One finding for each kid that stands for several keys; one for the set where none does."""
    published = publishing.read_body(key_set, read_key_set)
    if isinstance(published, Unreadable):
        yield not_applicable(key_set.url, f"there is no published key set to read: {published.because}")
        return
    shared = [kid for kid in dict.fromkeys(_kids(published)) if len(_thumbprints(published, kid)) > 1]
    if not shared:
        yield holds(key_set.url)
        return
    repair = _repair(key_set, bucket, cluster_keys)
    for kid in shared:
        seen = ", ".join(_thumbprints(published, kid))
        yield broken(
            kid,
            f"the kid {kid} stands for {len(_thumbprints(published, kid))} keys: thumbprints {seen}",
            Evidence(f"keys in {key_set.url}", f"one key under the kid {kid}", seen),
            repair,
        )


def _kids(published: KeySet) -> Iterator[str]:
    return (key.kid for key in published.keys if key.named)


def _thumbprints(published: KeySet, kid: str) -> tuple[str, ...]:
    """Of the different keys; one that is no key has none and is not counted."""
    keys = (key for key in published.with_kid(kid) if key.named and key.thumbprint)
    return tuple(dict.fromkeys(key.thumbprint for key in keys))


def _repair(
    key_set: Response, bucket: publishing.StoredDocuments, cluster_keys: Response | Missing
) -> publishing.Offer:
    """Nobody chooses between two keys without knowing which one the API server has."""
    title = "publish one key under each kid"
    if isinstance(cluster_keys, Missing):
        return publishing.unprepared(title, cluster_keys)
    own = cluster_keys.body
    if not isinstance(own, str) or isinstance(revising.own_keys(cluster_keys), Unreadable):
        return None
    reason = "tokens of the key that goes are refused, if there are any"
    revision = revising.Revision(title, reason, lambda text: _once(text, own), Safety.UNSAFE)
    return revising.revise(key_set.url, key_set, bucket, revision)


def _once(text: str, own: str) -> str:
    """Every other key as it was. Of two under one kid the API server's own, else the first."""
    merged = read_key_set(merge_key_sets((own, text)))
    chosen = merged.keys if isinstance(merged, KeySet) else ()
    there = _Own({key.thumbprint for key in _read(text)}, {key.kid for key in _read(text)})
    return json.dumps({"keys": [dict(key.members) for key in chosen if there.holds(key)]}, indent=2)


def _read(text: str) -> tuple[Jwk, ...]:
    read = read_key_set(text)
    return read.keys if isinstance(read, KeySet) else ()


@dataclass(frozen=True, slots=True)
class _Own:
    thumbprints: set[str]
    kids: set[str]

    def holds(self, key: Jwk) -> bool:
        """Whether the set had it, or had another in its place."""
        return key.thumbprint in self.thumbprints or key.kid in self.kids
