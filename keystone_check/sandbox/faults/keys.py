"""The published key set holds the key that signs, and others that are amiss."""

import json
from collections.abc import Iterable

from keystone_check.iam import spki
from keystone_check.iam.base64url import decoded, encoded
from keystone_check.iam.jwk import KeySet, read_key_set
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import stored, with_object
from keystone_check.sandbox.faults.fault import fault
from keystone_check.sandbox.faults.publication import STRANGERS_MODULUS
from keystone_check.sandbox.worlds import KEY_SET_KEY


@fault(breaks=("every_key_has_a_kid",))
def former_key_has_no_kid(world: World) -> World:
    """Beside the key that signs stands a former one without a kid."""
    (former,) = strangers(1)
    del former["kid"]
    return beside(world, former)


@fault(breaks=("kid_names_one_key", "issuer_serves_one_cluster"))
def two_keys_share_a_kid(world: World) -> World:
    """Two former keys of two clusters stand under one kid."""
    first, second = strangers(2)
    return beside(world, first, {**second, "kid": first["kid"]})


@fault(breaks=("key_types_stay_within_a_hundred", "sts_accepts_the_token", "issuer_serves_one_cluster"))
def keys_are_never_taken_out(world: World) -> World:
    """A hundred former keys stand beside the one that signs."""
    return beside(world, *strangers(100))


@fault(breaks=("kid_is_the_keys_digest",))
def former_key_was_renamed(world: World) -> World:
    """A former key was published under a name that somebody gave it."""
    (former,) = strangers(1)
    return beside(world, {**former, "kid": "key-of-2025"})


@fault(breaks=("published_keys_belong_to_a_server",))
def former_key_is_weak(world: World) -> World:
    """A key of 1024 bits from the cluster's first days is still published."""
    (former,) = strangers(1)
    modulus = decoded(former["n"]) or b""
    return beside(world, _named({**former, "n": encoded(modulus[:127] + bytes((modulus[127] | 1,)))}))


def beside(world: World, *keys: dict[str, str]) -> World:
    """The published key set with more keys."""
    signing = json.loads(stored(world, KEY_SET_KEY))["keys"]
    return with_object(world, KEY_SET_KEY, json.dumps({"keys": [*signing, *keys]}))


def strangers(count: int) -> Iterable[dict[str, str]]:
    """Public keys that no server has: odd numbers beside the modulus of one, under Kubernetes' kids."""
    modulus = int.from_bytes(decoded(STRANGERS_MODULUS) or b"")
    numbers = (encoded((modulus + 2 * number).to_bytes(256)) for number in range(count))
    return [_named({"use": "sig", "kty": "RSA", "alg": "RS256", "n": each, "e": "AQAB"}) for each in numbers]


def _named(members: dict[str, str]) -> dict[str, str]:
    """The key under its digest, as Kubernetes' own signer names it."""
    read = read_key_set(json.dumps({"keys": [members]}))
    assert isinstance(read, KeySet)
    return {**members, "kid": spki.kid(read.keys[0])}
