"""Snapshots damaged at random from a seed: each is refused in a sentence, or is the same world."""

from functools import cache
from random import Random

from keystone_check import snapshot
from keystone_check.errors import KeystoneError
from keystone_check.model.world import World
from keystone_check.sandbox.catalogue import stage
from tests.mutations import damaged_text, scrambled
from tests.worlds import NOW


@cache
def original() -> tuple[str, World]:
    """The healthy world, saved."""
    _, world = stage("", NOW)
    return snapshot.save(world), world


def wrong(seed: int) -> str:
    """What is wrong with the answer to the snapshot damaged by this seed; empty where nothing is."""
    random = Random(seed)
    text, world = original()
    bent = (scrambled if seed % 2 else damaged_text)(random, text)
    try:
        loaded = snapshot.load(bent)
    except KeystoneError as error:
        return "" if error.message and error.hint and "\n" not in error.message else f"{seed}: {error!r}"
    return "" if loaded == world else f"{seed}: another world was read"
