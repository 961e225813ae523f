"""A plan's file on the disk: whole or not there, and never in the place of another."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keystone_check.errors import UsageError
from keystone_check.scratch import part


def keep(path: Path, text: str) -> None:
    """Write a new file at once. UsageError where one stands there already, or none can be written."""
    with _told(path):
        handle, name = part(path)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            os.link(name, path)  # unlike a rename it never replaces what stands there
        finally:
            os.unlink(name)


def room(path: Path) -> None:
    """UsageError, before anything is looked at, where `keep` would have to refuse."""
    with _told(path):
        if os.path.lexists(path):
            raise FileExistsError
        handle, name = part(path)
        os.close(handle)
        os.unlink(name)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise UsageError(f"{path} exists already", "name another file, or remove it first") from error
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", "name a file in a folder that you may write to"
        ) from error
