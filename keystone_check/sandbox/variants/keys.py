"""Other keys: each kind that STS takes, and two at a time."""

import json
from dataclasses import replace
from functools import partial

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.sandbox.faults.keys import beside, strangers
from keystone_check.sandbox.variants.variant import variant


@variant(partial(rsa.generate_private_key, public_exponent=65537, key_size=2048))
def rsa_key(world: World) -> World:
    """The cluster signs with RSA, as usual."""
    return world


@variant(partial(ec.generate_private_key, ec.SECP256R1()))
def p_256_key(world: World) -> World:
    """The cluster signs with a key on the curve P-256."""
    return world


@variant(partial(ec.generate_private_key, ec.SECP384R1()))
def p_384_key(world: World) -> World:
    """The cluster signs with a key on the curve P-384."""
    return world


@variant(partial(ec.generate_private_key, ec.SECP521R1()))
def p_521_key(world: World) -> World:
    """The cluster signs with a key on the curve P-521."""
    return world


@variant()
def two_keys_in_rotation(world: World) -> World:
    """The API server has two keys, of which the first signs, and both are published."""
    (other,) = strangers(1)
    keys = world.cluster_keys
    assert isinstance(keys, Response)
    assert isinstance(keys.body, str)
    both = [*json.loads(keys.body)["keys"], other]
    body = json.dumps({"keys": both}, separators=(",", ":"))
    return beside(replace(world, cluster_keys=replace(keys, body=body, size=len(body))), other)


@variant()
def former_key_still_published(world: World) -> World:
    """The API server has a new key alone; the former one stays published until its tokens have run out."""
    return beside(world, *strangers(1))
