"""A file that is whole or not there: made before what fills it is known, put in its place when it is."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from keystone_check.errors import UsageError
from keystone_check.scratch import part


@dataclass(frozen=True, slots=True)
class Whole:
    """A file to come."""

    path: Path
    handle: int
    name: str
    private: bool

    def write(self, content: bytes) -> None:
        """Fill it, and put it in the place of what stood there before. UsageError where that fails."""
        try:
            with os.fdopen(os.dup(self.handle), "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            if not self.private:
                os.chmod(self.name, 0o666 & ~_umask())
            os.replace(self.name, self.path)
        except OSError as error:
            raise _refused(self.path, error) from error


@contextmanager
def whole(file: str, *, private: bool = False) -> Iterator[Whole]:
    """A file of this name, to be written within the block: what stood there stays until then.

    UsageError before anything else is done where none can be made. A private one only its owner may read.
    """
    path = Path(os.path.realpath(file))  # a link stays, and what it leads to is replaced
    if path.is_dir():
        raise UsageError(f"{file} is a folder", "name a file in it")
    if path.exists() and not path.is_file():
        raise UsageError(f"{file} is no file that could be replaced", "name another")
    try:
        handle, name = part(path)
    except OSError as error:
        raise _refused(path, error) from error
    try:
        yield Whole(path, handle, name, private)
    finally:
        os.close(handle)
        Path(name).unlink(missing_ok=True)


def _refused(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"{path} cannot be written: {error.strerror}", "name a file in a folder that you may write to"
    )


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
