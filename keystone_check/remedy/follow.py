"""What follows from a changed bucket or account: what strangers get, and what hangs on that."""

from dataclasses import replace
from urllib.parse import urlsplit

from keystone_check.iam.evaluate import Undecided
from keystone_check.iam.oidc import Discovery, KeySet, key_set_address, read_discovery, read_key_set
from keystone_check.iam.s3 import anonymous_get, locate, object_key
from keystone_check.model.aws import Bucket, PublicAccessBlock, StoredObject
from keystone_check.model.cluster import Issuer, Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.web import Addresses, Chain, Response
from keystone_check.model.world import World

KEY_SET_PATH = "openid/v1/jwks"
"""Where a look searches for the key set when no discovery document names another object."""


def publication_followed(before: World, after: World) -> World:
    """`after`, whose bucket or account changed, with all that follows.

    1. The published discovery document.
    2. The key set that it names.
    3. The bucket's two objects that a look reads; the second is the one that the document names.
    4. The hosts whose certificates a look reads: the issuer's and the key set's.
    5. Which of the known keys verify the tokens.
    """
    after = replace(after, discovery=_discovery(before, after))  # 1
    after = replace(after, key_set=_key_set(before, after))  # 2
    return replace(
        after,
        bucket=_objects_looked_at(after),  # 3
        chains=_chains(after),  # 4
        addresses=_addresses(after),
        tokens=_tokens(after),  # 5
    )


def _discovery(before: World, after: World) -> Response | Missing:
    seen = before.discovery
    if isinstance(seen, Missing):
        return seen
    return _answer("discovery", seen.url, seen, before, after)


def _key_set(before: World, after: World) -> Response | Missing:
    if before.key_set == Missing("key_set", "no selected check needs it"):
        return before.key_set
    url = key_set_address(after.discovery)
    if isinstance(url, Missing):
        return url
    seen = before.key_set
    known = seen if isinstance(seen, Response) and seen.url == url else None
    return _answer("key_set", url, known, before, after)


def _answer(fact: str, url: str, seen: Response | None, before: World, after: World) -> Response | Missing:
    """What a stranger would get at `url`.

    Where S3's rules do not explain what he gets now (a proxy, an organization's block, another web
    server), something stands in between that no change here removes: then he keeps getting the same.
    """
    expected = _served(after, before, url)
    if seen is not None:
        present = _served(before, before, url)
        if not (isinstance(present, Undecided) or _alike(present, seen)) or locate(url) is None:
            return seen
    if isinstance(expected, Undecided):
        reasons = "; ".join(str(getattr(item, "because", item)) for item in expected.because)
        return Missing(fact, f"what {url} would answer is not known: {reasons}")
    return seen if seen is not None and _alike(expected, seen) else expected


def _served(world: World, seen: World, url: str) -> Response | Undecided:
    if isinstance(world.bucket, Missing):
        return Undecided((world.bucket,))
    return anonymous_get(world.bucket, _account(world, seen), url)


def _account(world: World, seen: World) -> PublicAccessBlock | Absent | Missing:
    """The account's block; one that nobody may read shuts nobody out where a document came through."""
    block = world.account_public_access
    came = isinstance(seen.discovery, Response) and seen.discovery.status == 200
    if isinstance(block, Missing) and came:
        return Absent("account_public_access", "the published document was read in spite of it")
    return block


def _alike(one: Response, other: Response) -> bool:
    """The same answer, however long it took and however often it was asked for."""
    return replace(one, milliseconds=other.milliseconds, attempts=other.attempts) == other


def _objects_looked_at(after: World) -> Bucket | Absent | Missing:
    bucket = after.bucket
    if not isinstance(bucket, Bucket) or not bucket.objects.entries:
        return bucket
    key, document = bucket.objects.entries[0]
    published = after.discovery.body if isinstance(after.discovery, Response) else ""
    stored = document.body if isinstance(document, StoredObject) else ""
    default = key.removesuffix(".well-known/openid-configuration") + KEY_SET_PATH
    key_set = _named(bucket, published) or _named(bucket, stored) or default
    held = dict(bucket.objects).get(key_set) or _unlooked(key_set)
    return replace(bucket, objects=Subjects(((key, document), (key_set, held))))


def _named(bucket: Bucket, document: str | Missing) -> str:
    """The key of this bucket that the document's jwks_uri names; empty when it names none."""
    read = read_discovery(document) if isinstance(document, str) else None
    location = locate(read.jwks_uri) if isinstance(read, Discovery) else None
    if location is None or location.bucket != bucket.name or not isinstance(read, Discovery):
        return ""
    return object_key(location, read.jwks_uri)


def _chains(after: World) -> Subjects[Chain]:
    if not after.chains.entries or isinstance(after.issuer, Missing):
        return after.chains
    known = dict(after.chains)
    return Subjects(tuple((host, known.get(host) or _unlooked(host)) for host in _hosts(after, after.issuer)))


def _addresses(after: World) -> Subjects[Addresses] | Missing:
    if isinstance(after.addresses, Missing) or isinstance(after.issuer, Missing):
        return after.addresses
    known = dict(after.addresses)
    return Subjects(tuple((host, known.get(host) or _unlooked(host)) for host in _hosts(after, after.issuer)))


def _hosts(after: World, issuer: Issuer) -> tuple[str, ...]:
    url = key_set_address(after.discovery)
    urls = (issuer.url,) if isinstance(url, Missing) else (issuer.url, url)
    return tuple(dict.fromkeys(host for host in map(_host, urls) if host))


def _host(url: str) -> str:
    """`host`, or `host:port` for a port of its own: what chains are listed by."""
    parts = urlsplit(url)
    return parts.hostname or "" if parts.port in (None, 443) else f"{parts.hostname or ''}:{parts.port}"


def _tokens(after: World) -> Subjects[Token] | Missing:
    """The tokens, verified by those of their keys that some key set still names."""
    if isinstance(after.tokens, Missing):
        return after.tokens
    known = _thumbprints(after.cluster_keys) | _thumbprints(after.key_set)
    tokens = after.tokens
    for name, token in tokens.seen():
        tokens = tokens.put(
            name, replace(token, signed_by=tuple(key for key in token.signed_by if key in known))
        )
    return tokens


def _thumbprints(answer: Response | Missing) -> frozenset[str]:
    body = answer.body if isinstance(answer, Response) else None
    read = read_key_set(body) if isinstance(body, str) else None
    return frozenset(key.thumbprint for key in read.keys) if isinstance(read, KeySet) else frozenset()


def _unlooked(name: str) -> Missing:
    return Missing(name, f"{name} was not looked at before; only a look after the change can tell")
