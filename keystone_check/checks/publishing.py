"""What the checks of the published documents share: reading an answer, offering the right document."""

import json
import re
from collections.abc import Callable
from typing import Annotated, TypeVar

from keystone_check.iam.oidc import (
    Discovery,
    KeySet,
    Unreadable,
    discovery_document,
    discovery_url,
    merge_key_sets,
    public_url_problem,
    read_discovery,
    read_key_set,
)
from keystone_check.iam.s3 import Location, locate, object_key
from keystone_check.model.aws import Bucket, Encryption, StoredObject
from keystone_check.model.change import SSE_S3, PutDocument
from keystone_check.model.cluster import Issuer
from keystone_check.model.creation import CreateBucket
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.finding import Repair, Safety
from keystone_check.model.web import Response

Offer = Repair | None
StoredDocuments = Annotated[Bucket | Absent | Missing, "objects"]
"""The bucket as far as a document that is published is concerned."""
StoredOrAbsent = Annotated[Bucket | Absent | Missing, "objects", "absence"]
"""The same, for a document that may not be there."""
T = TypeVar("T")

_S3_CODE = re.compile(r"<Code>(\w+)</Code>")


def tries(response: Response) -> str:
    """Information for an answer that came only after a transient refusal."""
    return f"answered at try {response.attempts}" if response.attempts > 1 else ""


def refusal(response: Response) -> str:
    """An answer that is not 200, in a few words."""
    code = _S3_CODE.search(response.body) if isinstance(response.body, str) else None
    where = f" to {response.header('location')}, which is not followed" if response.header("location") else ""
    asks = ", it asks strangers for credentials" if response.status == 401 else ""
    return f"{response.status}{f' {code[1]}' if code else ''}{where}{asks}"


def read_body(response: Response, read: Callable[[str], T | Unreadable]) -> T | Unreadable:
    """The document in an answer, or why there is none."""
    if response.status != 200:
        return Unreadable(f"the answer is {refusal(response)}")
    if isinstance(response.body, Missing):
        return Unreadable(response.body.because)
    return read(response.body)


def publish_discovery(
    issuer: Issuer, bucket: Bucket | Absent | Missing, cluster_keys: Response | Missing
) -> Offer:
    """Write the discovery document that belongs to the issuer; None when it stands there already.

    It names the algorithms of the cluster's keys, so these have to be known.
    """
    title = "publish the discovery document"
    if isinstance(cluster_keys, Missing):
        return unprepared(title, cluster_keys)
    url = discovery_url(issuer.url)
    stored = _stored(url, bucket)
    text = discovery_document(issuer.url, _jwks_uri(issuer, stored), _algorithms(cluster_keys))
    return _offer(title, url, bucket, stored, text)


def publish_keys(url: str, bucket: Bucket | Absent | Missing, cluster_keys: Response | Missing) -> Offer:
    """Write the cluster's keys, and the former ones beside them; None when they stand there already."""
    title = "publish the cluster's key set"
    if isinstance(cluster_keys, Missing):
        return unprepared(title, cluster_keys)
    cluster = read_body(cluster_keys, read_key_set)
    if isinstance(cluster, Unreadable) or not isinstance(cluster_keys.body, str):
        return None
    stored = _stored(url, bucket)
    return _offer(title, url, bucket, stored, _merged(stored, cluster_keys.body))


def unnamed_documents(bucket: Bucket) -> Missing | None:
    """Why nobody knows which object is the key set: the document that would name it cannot be read."""
    if len(bucket.objects.entries) > 1:
        return None
    return next((fact for _, fact in bucket.objects if isinstance(fact, Missing)), None)


def _offer(
    title: str,
    url: str,
    bucket: Bucket | Absent | Missing,
    stored: StoredObject | Absent | Missing,
    text: str,
) -> Offer:
    location = locate(url)
    if location is None or not isinstance(bucket, Bucket) or bucket.name != location.bucket:
        return _by_hand(title, url, bucket, text)
    if isinstance(stored, Missing):
        return unprepared(title, stored)
    if isinstance(stored, StoredObject) and isinstance(stored.body, Missing):
        return None
    before = stored.body if isinstance(stored, StoredObject) and isinstance(stored.body, str) else None
    if before == text:
        return None
    key = object_key(location, url)
    was = stored.content_type if isinstance(stored, StoredObject) else ""
    how = _encryption(stored)
    change = PutDocument(
        bucket.name, bucket.region, key, before, text, "application/json", was, encryption_before=how
    )
    reason = "it keeps every key that is published and adds what is missing"
    return Repair(title, Safety.SAFE, reason, (change,))


def unprepared(title: str, gap: Missing) -> Offer:
    """What has to be allowed before the repair can be prepared; None where no right would help."""
    if not gap.permission:
        return None
    return Repair(
        title,
        Safety.MANUAL,
        f"what to write is not known yet: {gap.because}",
        steps=(f"allow {gap.permission} (keystone-check --permissions prints all rights), and look again",),
    )


def _by_hand(title: str, url: str, bucket: Bucket | Absent | Missing, text: str) -> Repair:
    location = locate(url)
    reason = f"{url} is served from a place that is not read here"
    if location and isinstance(bucket, Absent):
        return make_bucket(location)
    if location and isinstance(bucket, Missing):
        reason = bucket.because
    return Repair(title, Safety.MANUAL, reason, steps=(f"serve this at {url}:", *text.splitlines()))


def make_bucket(location: Location) -> Repair:
    """Make the bucket of the issuer's address, where nobody has one; what goes into it comes next."""
    return Repair(
        f"make the bucket {location.bucket}",
        Safety.SAFE,
        "nobody has a bucket of that name, and a new one is shut to strangers",
        (CreateBucket(location.bucket, location.region or _HOME),),
    )


_HOME = "us-east-1"
"""Where the global host of S3 sends whoever names no region."""


def _encryption(stored: StoredObject | Absent | Missing) -> Encryption:
    if isinstance(stored, StoredObject):
        return Encryption(stored.encryption, stored.encryption_key)
    return SSE_S3


def _stored(url: str, bucket: Bucket | Absent | Missing) -> StoredObject | Absent | Missing:
    location = locate(url)
    if location is None or not isinstance(bucket, Bucket):
        return Missing("object", f"{url} is not in a bucket that was read")
    return bucket.objects[object_key(location, url)]


def _jwks_uri(issuer: Issuer, stored: StoredObject | Absent | Missing) -> str:
    """The one that the stored document names, where it is of use; else Kubernetes' own path."""
    if isinstance(stored, StoredObject) and isinstance(stored.body, str):
        read = read_discovery(stored.body)
        if isinstance(read, Discovery) and not public_url_problem(read.jwks_uri):
            return read.jwks_uri
    return f"{issuer.url.rstrip('/')}/openid/v1/jwks"


def _algorithms(cluster_keys: Response) -> tuple[str, ...]:
    read = read_body(cluster_keys, read_key_set)
    if isinstance(read, KeySet) and read.keys:
        return tuple(dict.fromkeys(key.alg for key in read.keys if key.alg))
    return ("RS256",)


def _merged(stored: StoredObject | Absent | Missing, cluster: str) -> str:
    """The cluster's keys first: where a kid stands for two keys, the one that signs is meant."""
    body = stored.body if isinstance(stored, StoredObject) else stored
    if not isinstance(body, str) or not isinstance(there := read_key_set(body), KeySet):
        return merge_key_sets((cluster,))
    # A key whose private half was published must not outlive its last use: anyone can sign with it.
    kept = json.dumps({"keys": [dict(key.members) for key in there.keys if not key.private]})
    merged = merge_key_sets((cluster, kept))
    wanted = read_key_set(merged)
    # The same keys in another order or layout are nothing to write.
    same = isinstance(wanted, KeySet) and sorted(map(repr, wanted.keys)) == sorted(map(repr, there.keys))
    return body if same else merged
