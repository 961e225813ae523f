"""`--save`: the facts of a look in a file of its own, whole or not there."""

import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from keystone_check import snapshot
from keystone_check.errors import UsageError
from keystone_check.model.world import World
from keystone_check.pseudonyms import pseudonymous
from keystone_check.scratch import part

ALL = frozenset(field.name for field in fields(World)) - {"expected", "now"}
"""All facts that are read."""


def saved(look: Callable[[], World], file: str, *, pseudonyms: bool) -> World:
    """Look, and write what was seen; the world is what the file holds.

    The file is made before the look, so that no look is lost to a folder that cannot be written. It is
    readable by its owner alone, and what stood under that name before stays until it is replaced at once.
    """
    path = Path(file)
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "name a file in it")
    try:
        handle, name = part(path)
        try:
            with os.fdopen(handle, "wb") as stream:
                world = pseudonymous(look()) if pseudonyms else look()
                stream.write(snapshot.packed(snapshot.save(world), path))
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(name, path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", "name a file in a folder that you may write to"
        ) from error
    return world
