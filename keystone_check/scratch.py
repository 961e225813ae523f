"""Files that are made for a moment: each says that it is ours and until when, so that none of them stays.

A folder holds a file that its process keeps locked: the lock ends with the process, however that ends. A file
that is written before it takes another's place has a name of its own kind, and a moment suffices for it.
"""

import fcntl
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PREFIX = "keystone-check-"
MARK = ".keystone-check-in-use"
"""The file that tells our folders from others', and that is locked while one is used."""
SUFFIX = ".keystone-check-part"
MOMENT = 600
"""Seconds after which nobody is still writing a file of this suffix."""
ENDING = ("SIGTERM", "SIGHUP")

Handler = Callable[[int, object], None]

_LIVE: dict[Path, int] = {}
"""The folders in use here, and the process that made them."""


@dataclass(frozen=True, slots=True)
class Abandoned:
    """What a killed process left."""

    path: Path
    why: str


@contextmanager
def folder() -> Iterator[Path]:
    """A private folder that is gone when the block ends, and when a signal ends the process.

    A process that handles SIGTERM and SIGHUP itself is left to do so. What SIGKILL leaves, `abandoned` finds.
    """
    made = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        with _locked(made / MARK):
            _LIVE[made] = os.getpid()
            taken = _taken(_end)
            try:
                yield made
            finally:
                del _LIVE[made]
                _given_back(taken, _end)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def part(path: Path) -> tuple[int, str]:
    """A new file beside this one, to be written and then put in its place."""
    return tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=SUFFIX)


def abandoned(places: Iterable[Path], now: float, temporary: Path | None = None) -> tuple[Abandoned, ...]:
    """Folders of processes that are gone, and unfinished files in these places."""
    roots = sorted((temporary or Path(tempfile.gettempdir())).glob(f"{PREFIX}*"))
    folders = (Abandoned(root, "its process is gone") for root in roots if _is_abandoned(root))
    files = (path for place in dict.fromkeys(places) for path in sorted(place.glob(f".*{SUFFIX}")))
    parts = (
        Abandoned(path, "it was not finished")
        for path in files
        if _is_ours(path) and path.is_file() and path.lstat().st_mtime + MOMENT < now
    )
    return (*folders, *parts)


def remove(left: Abandoned) -> None:
    """Remove it, if it is still abandoned. OSError where it cannot be."""
    if left.path.name.endswith(SUFFIX):
        left.path.unlink(missing_ok=True)
    elif _is_abandoned(left.path):
        shutil.rmtree(left.path)


def _is_abandoned(root: Path) -> bool:
    """Whether the folder is ours, and nobody holds its lock."""
    mark = root / MARK
    if not (_is_ours(root) and root.is_dir() and _is_ours(mark) and mark.is_file()):
        return False
    with mark.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _is_ours(path: Path) -> bool:
    """Whether it is there, of this user, and no link to elsewhere."""
    try:
        return not path.is_symlink() and path.lstat().st_uid == os.getuid()
    except OSError:
        return False


@contextmanager
def _locked(mark: Path) -> Iterator[IO[str]]:
    with mark.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield file


def ending_as_interrupted() -> Callable[[], None]:
    """Let the signals that would end the process end it as Ctrl-C does, until what is given is called."""
    taken = _taken(_interrupt)
    return lambda: _given_back(taken, _interrupt)


def _taken(handler: Handler) -> tuple[str, ...]:
    """Handle the signals that would end the process without a word; their names."""
    if threading.current_thread() is not threading.main_thread():
        return ()
    free = tuple(
        name
        for name in ENDING
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) == signal.SIG_DFL
    )
    for name in free:
        signal.signal(getattr(signal, name), handler)
    return free


def _given_back(names: Iterable[str], handler: Handler) -> None:
    for name in names:
        if signal.getsignal(getattr(signal, name)) is handler:
            signal.signal(getattr(signal, name), signal.SIG_DFL)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _end(number: int, frame: object) -> None:
    """Remove this process's folders, then end as if nobody had handled the signal."""
    for path, process in list(_LIVE.items()):
        if process == os.getpid():
            shutil.rmtree(path, ignore_errors=True)
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
