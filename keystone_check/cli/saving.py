"""`--save`: the facts of a look in a file of its own, whole or not there."""

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from keystone_check import snapshot
from keystone_check.cli.whole import whole
from keystone_check.model.world import World
from keystone_check.pseudonyms import pseudonymous

ALL = frozenset(field.name for field in fields(World)) - {"expected", "now"}
"""All facts that are read."""


def saved(look: Callable[[], World], file: str, *, pseudonyms: bool) -> World:
    """Look, and write what was seen; the world is what the file holds.

    The file is made before the look, so that no look is lost to a folder that cannot be written. It is
    readable by its owner alone.
    """
    with whole(file, private=True) as place:
        world = pseudonymous(look()) if pseudonyms else look()
        place.write(snapshot.packed(snapshot.save(world), Path(file)))
    return world
