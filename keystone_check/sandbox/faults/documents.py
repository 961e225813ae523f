"""The published documents are there, and are not as AWS asks for them."""

import json
from dataclasses import replace

from keystone_check.iam.oidc import key_set_address
from keystone_check.model.facts import Missing
from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.sandbox.cellar import Wanted, chain
from keystone_check.sandbox.faults.editing import stored, with_object
from keystone_check.sandbox.faults.fault import KEY_SET_CHECKS, fault
from keystone_check.sandbox.faults.hosts import KEY_HOST, with_key_host, with_thumbprints
from keystone_check.sandbox.worlds import DISCOVERY_KEY, KEY_SET_KEY

INSIDE = "http://169.254.169.254/latest/meta-data/"
"""Where no stranger may ask, and a server that follows redirects would."""
MONTH = 30 * 86400


@fault(
    breaks=("documents_answer_without_redirects", "discovery_document_is_public", "sts_accepts_the_token"),
    blocks=KEY_SET_CHECKS,
)
def issuer_redirects_to_an_internal_address(world: World) -> World:
    """The issuer's host sends whoever asks on to an address inside its network."""
    elsewhere = replace(_discovery(world), status=302, headers=(("location", INSIDE),), body="", size=0)
    return published_in_front(world, discovery=elsewhere)


@fault(breaks=("documents_are_served_as_json",))
def key_set_is_served_as_binary(world: World) -> World:
    """The key set was uploaded without a content type, and S3 calls it binary."""
    return with_object(world, KEY_SET_KEY, stored(world, KEY_SET_KEY), "binary/octet-stream")


@fault(breaks=("documents_are_small",))
def discovery_document_is_padded(world: World) -> World:
    """Somebody keeps 400 KB of notes in the discovery document."""
    return _with_discovery(world, notes=["nothing that a reader needs" * 10] * 1500)


@fault(breaks=("documents_answer_within_five_seconds", "sts_accepts_the_token"))
def documents_are_slow(world: World) -> World:
    """An application makes the documents at each request, and takes three seconds for each."""
    assert isinstance(world.key_set, Response)
    slow = replace(_discovery(world), milliseconds=3100)
    return published_in_front(world, discovery=slow, key_set=replace(world.key_set, milliseconds=2900))


@fault(breaks=("issuer_host_is_publicly_routable",))
def key_host_is_private(world: World) -> World:
    """The key set lies on a host whose name resolves to an address of the private network."""
    wanted = Wanted((KEY_HOST,))
    pinned = with_thumbprints(world, chain(KEY_HOST, wanted).certificates[-1].sha1)
    return with_key_host(pinned, wanted, ("10.20.0.7", "fd00::7"))


@fault(breaks=("caches_cannot_outlive_a_rotation",))
def key_set_is_cached_for_a_month(world: World) -> World:
    """A CDN in front of the bucket keeps the key set for a month."""
    assert isinstance(world.key_set, Response)
    headers = dict(world.key_set.headers) | {"age": "86400", "cache-control": f"public, max-age={MONTH}"}
    cached = replace(world.key_set, headers=tuple(sorted(headers.items())))
    return published_in_front(world, key_set=cached)


@fault(breaks=("discovery_document_lists_its_claims",))
def claims_are_not_listed(world: World) -> World:
    """The API server's own document was published with another jwks_uri: it lists no claims."""
    return _without(world, "claims_supported")


@fault(breaks=("discovery_document_offers_id_tokens",))
def id_tokens_are_not_offered(world: World) -> World:
    """The document was written by hand, without response types and with a wrong subject type."""
    return _with_discovery(_without(world, "response_types_supported"), subject_types_supported=["pairwise"])


@fault(breaks=("signing_algorithm_is_listed",))
def algorithm_is_not_listed(world: World) -> World:
    """The document lists the algorithm of the key that comes next, and not of the one that signs."""
    return _with_discovery(world, id_token_signing_alg_values_supported=["ES256"])


def published_in_front(
    world: World, discovery: Response | None = None, key_set: Response | None = None
) -> World:
    """The world with answers of another server in front of the bucket, and what follows from them."""
    changed = replace(world, discovery=discovery or world.discovery, key_set=key_set or world.key_set)
    jwks_uri = key_set_address(changed.discovery)
    return replace(changed, key_set=jwks_uri) if isinstance(jwks_uri, Missing) else changed


def _discovery(world: World) -> Response:
    assert isinstance(world.discovery, Response)
    return world.discovery


def _with_discovery(world: World, **members: object) -> World:
    document = {**json.loads(stored(world, DISCOVERY_KEY)), **members}
    return with_object(world, DISCOVERY_KEY, json.dumps(document, indent=2))


def _without(world: World, member: str) -> World:
    document = json.loads(stored(world, DISCOVERY_KEY))
    del document[member]
    return with_object(world, DISCOVERY_KEY, json.dumps(document, indent=2))
