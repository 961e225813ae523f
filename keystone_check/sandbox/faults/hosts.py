"""The edits that faults of hosts are made of: another chain, a key set on a host of its own."""

import json
from dataclasses import replace

from keystone_check.model.aws import StoredObject
from keystone_check.model.facts import Subjects
from keystone_check.model.web import Addresses, Chain, Response
from keystone_check.model.world import World
from keystone_check.sandbox.cellar import Wanted, chain
from keystone_check.sandbox.faults.editing import bucket_of, provider_of, stored, with_provider
from keystone_check.sandbox.worlds import DISCOVERY_KEY, KEY_SET_KEY, PUBLIC_ADDRESSES, published

KEY_HOST = "oidc.keystone.example"
"""A host on a domain of its own, which serves the key set alone."""


def issuer_chain(world: World) -> Chain:
    """The chain of the issuer's host."""
    return next(chain for _, chain in world.chains.seen())


def with_chain(world: World, chain: Chain) -> World:
    """The host's chain, with its last certificate pinned in place of what was."""
    world = replace(world, chains=world.chains.put(chain.host, chain))
    return with_provider(world, thumbprints=(chain.certificates[-1].sha1,))


def with_key_host(world: World, wanted: Wanted, addresses: tuple[str, ...] = PUBLIC_ADDRESSES) -> World:
    """The same key set on KEY_HOST, which serves such a chain; nothing is pinned for it."""
    url = f"https://{KEY_HOST}/{KEY_SET_KEY}"
    body = stored(world, KEY_SET_KEY)
    answer = Response(url, 200, (("content-type", "application/json"),), body, len(body.encode()))
    resolved = world.addresses if isinstance(world.addresses, Subjects) else Subjects[Addresses]()
    document = {**json.loads(stored(world, DISCOVERY_KEY)), "jwks_uri": url}
    text = StoredObject(json.dumps(document, indent=2), "application/json")
    bucket = bucket_of(world)
    return published(
        replace(
            world,
            key_set=answer,
            chains=world.chains.put(KEY_HOST, chain(KEY_HOST, wanted)),
            addresses=resolved.put(KEY_HOST, Addresses(KEY_HOST, addresses)),
            bucket=replace(bucket, objects=bucket.objects.put(DISCOVERY_KEY, text)),
        )
    )


def with_thumbprints(world: World, *more: str) -> World:
    """The provider pins these as well."""
    return with_provider(world, thumbprints=(*provider_of(world).thumbprints, *more))
