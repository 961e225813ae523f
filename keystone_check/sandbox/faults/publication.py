"""The published documents are not there, or not true."""

import json

from keystone_check.model.facts import Absent
from keystone_check.model.world import World
from keystone_check.probes.redaction import LEFT_OUT
from keystone_check.sandbox.faults.editing import bucket_of, stored, with_bucket, with_object
from keystone_check.sandbox.faults.fault import CHAIN_CHECKS, KEY_SET_CHECKS, fault
from keystone_check.sandbox.worlds import ADVERTISED_KEY_SET, DISCOVERY_KEY, KEY_SET_KEY

PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>"

STRANGERS_MODULUS = (
    "sTFOO1vVGkakeGoamBmkIo8mKKbldLkj2_hvu1rO7KsU3GWM1jxh61-3GHrRitd8yCHFSNf3o1T_77U-7_2mLXq8bo"
    "ntjL8w4GAAykh5OzaeO4ZWoFmOAIbUfKZY6VHzjN3yMMHceWEA5fpr6IFTntmvrc_P93qTcUJyVPAuuauN7zXlLq93"
    "g4Uw_22fxemM4TxYXpParQ6Up3h-ECoZXFCVzPousgPzUbsu_xMMkObv75VEl9lew5wy6gEAQM0H89GJtDxO3siypY"
    "Wp4qSDG1k4pOR6HqIuGULLVsd-mDVvuYj-DSjpqm-fEejvDAnoAb6RXPt9BSuXEhu5qCZC8Q"
)
"""The modulus of a key that no sandbox holds: public, and nobody has its private half."""

STRANGERS_KID = "4iIH4tJMmV1otpBPWklEdevnQA2KZYahtLzfCAyuO9g"
"""What Kubernetes' signer would call it."""


@fault(breaks=("discovery_document_is_public", "sts_accepts_the_token"), blocks=KEY_SET_CHECKS)
def discovery_document_is_missing(world: World) -> World:
    """Nobody uploaded the discovery document."""
    return with_bucket(
        world, objects=bucket_of(world).objects.put(DISCOVERY_KEY, _absent(world, DISCOVERY_KEY))
    )


@fault(breaks=("discovery_document_is_public", "sts_accepts_the_token"), blocks=KEY_SET_CHECKS)
def discovery_document_is_html(world: World) -> World:
    """A login page was saved as the discovery document."""
    return with_object(world, DISCOVERY_KEY, PAGE, "text/html")


@fault(breaks=("published_issuer_is_the_tokens", "sts_accepts_the_token"))
def published_issuer_ends_in_a_slash(world: World) -> World:
    """The published document names the issuer with a slash at its end."""
    document = json.loads(stored(world, DISCOVERY_KEY))
    return _with_discovery(world, {**document, "issuer": document["issuer"] + "/"})


@fault(
    breaks=("jwks_uri_is_public_https", "sts_accepts_the_token"),
    blocks=(*KEY_SET_CHECKS, *CHAIN_CHECKS),
)
def jwks_uri_is_private(world: World) -> World:
    """The API server's own document was published as it stands, with a private jwks_uri."""
    document = json.loads(stored(world, DISCOVERY_KEY))
    return _with_discovery(world, {**document, "jwks_uri": ADVERTISED_KEY_SET})


@fault(breaks=("key_set_is_public", "sts_accepts_the_token"))
def key_set_is_missing(world: World) -> World:
    """The key set was uploaded beside the path that jwks_uri names."""
    objects = bucket_of(world).objects.put(KEY_SET_KEY, _absent(world, KEY_SET_KEY))
    return with_bucket(world, objects=objects)


@fault(breaks=("key_set_is_public", "sts_accepts_the_token"))
def key_set_is_html(world: World) -> World:
    """A login page was saved as the key set."""
    return with_object(world, KEY_SET_KEY, PAGE, "text/html")


@fault(breaks=("signing_key_is_published", "sts_accepts_the_token"))
def signing_key_was_rotated(world: World) -> World:
    """The signing key was rotated, and the published key set still holds the former one."""
    return _with_key(world, kid=STRANGERS_KID, n=STRANGERS_MODULUS)


@fault(breaks=("signature_verifies_with_the_published_key", "sts_accepts_the_token"))
def published_key_is_another(world: World) -> World:
    """Another cluster's key was published under the kid of this one's."""
    return _with_key(world, n=STRANGERS_MODULUS)


@fault(breaks=("key_set_holds_no_private_key",))
def private_key_is_published(world: World) -> World:
    """The key itself was converted and published, not its public half."""
    return _with_key(world, d=LEFT_OUT)


@fault(breaks=("key_set_holds_no_private_key",))
def former_private_key_is_published(world: World) -> World:
    """Beside the key that signs stands a former one, with its private half."""
    (key,) = json.loads(stored(world, KEY_SET_KEY))["keys"]
    former = {**key, "kid": STRANGERS_KID, "n": STRANGERS_MODULUS, "d": LEFT_OUT}
    return with_object(world, KEY_SET_KEY, json.dumps({"keys": [key, former]}))


def _with_discovery(world: World, document: dict[str, object]) -> World:
    return with_object(world, DISCOVERY_KEY, json.dumps(document, indent=2))


def _with_key(world: World, **members: str) -> World:
    (key,) = json.loads(stored(world, KEY_SET_KEY))["keys"]
    return with_object(world, KEY_SET_KEY, json.dumps({"keys": [{**key, **members}]}))


def _absent(world: World, key: str) -> Absent:
    return Absent(key, f"there is no object {key} in bucket {bucket_of(world).name}")
