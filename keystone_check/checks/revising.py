"""What the checks of single members of a document share: it stays as it stands, but for one thing."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from keystone_check.checks import publishing
from keystone_check.iam.oidc import KeySet, Unreadable, read_key_set
from keystone_check.iam.s3 import locate, object_key
from keystone_check.model.aws import Bucket, Encryption, StoredObject
from keystone_check.model.change import PutDocument
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.finding import Repair, Safety
from keystone_check.model.web import Response

JSON = "application/json"
NO_KEY = "Couldn't retrieve verification key from your identity provider"
"""What STS says of every document that it cannot use (InvalidIdentityToken)."""


@dataclass(frozen=True, slots=True)
class Revision:
    """What a repair makes of a document."""

    title: str
    reason: str
    edit: Callable[[str], str]
    safety: Safety = Safety.SAFE


def revise(
    url: str, served: Response, bucket: Bucket | Absent | Missing, revision: Revision
) -> Repair | None:
    """Write the stored document anew; where it is not in a bucket that was read, say what to serve."""
    stored = _stored(url, bucket)
    if stored is None or not isinstance(bucket, Bucket):
        return _by_hand(url, served, revision)
    key, body, there = stored
    after = revision.edit(body)
    if after == body and there.content_type == JSON:
        return None
    was = Encryption(there.encryption, there.encryption_key)
    change = PutDocument(
        bucket.name, bucket.region, key, body, after, JSON, there.content_type, encryption_before=was
    )
    return Repair(revision.title, revision.safety, revision.reason, (change,))


def with_members(members: Mapping[str, object]) -> Callable[[str], str]:
    """An edit that gives a discovery document these members and keeps all others."""
    return lambda text: json.dumps({**json.loads(text), **members}, indent=2)


def with_keys(keep: Callable[[dict[str, object]], dict[str, object] | None]) -> Callable[[str], str]:
    """An edit that turns each key of a key set into another form, or leaves it out for None."""

    def edit(text: str) -> str:
        document = json.loads(text)
        kept = [changed for key in document["keys"] if (changed := keep(key)) is not None]
        return json.dumps({**document, "keys": kept}, indent=2)

    return edit


def good(answer: Response) -> bool:
    """Whether it is a 200 with a JSON object: others judge what is not."""
    return answer.status == 200 and isinstance(answer.body, str) and answer.body.lstrip()[:1] == "{"


def documents(discovery: Response, key_set: Response | Missing) -> Iterator[Response | Missing]:
    """Both, in the order in which STS asks for them."""
    yield discovery
    yield key_set


def own_keys(cluster_keys: Response) -> KeySet | Unreadable:
    """The keys that the API server says are its own."""
    return publishing.read_body(cluster_keys, read_key_set)


def _stored(url: str, bucket: Bucket | Absent | Missing) -> tuple[str, str, StoredObject] | None:
    location = locate(url)
    if location is None or not isinstance(bucket, Bucket) or location.bucket != bucket.name:
        return None
    key = object_key(location, url)
    stored = bucket.objects[key]
    if not isinstance(stored, StoredObject) or not isinstance(stored.body, str):
        return None
    return key, stored.body, stored


def _by_hand(url: str, served: Response, revision: Revision) -> Repair | None:
    if not isinstance(served.body, str):
        return None
    lines = revision.edit(served.body).splitlines()
    reason = f"{url} is served from a place that is not read here"
    return Repair(revision.title, Safety.MANUAL, reason, steps=(f"serve this at {url} as {JSON}:", *lines))
