"""The journal: what a repair wrote, kept before and after each write, so that a killed run can be undone.

One file for each cluster and account, in the user's state folder; a line is a record, and each is on the
disk before the write that it announces begins. While a run holds the journal no other run can.
"""

import datetime
import errno
import fcntl
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from keystone_check import __version__
from keystone_check.codec import encode
from keystone_check.errors import KeystoneError
from keystone_check.model.change import Change
from keystone_check.model.world import World
from keystone_check.remedy.runs import FORMAT, Run, read


class Journal:
    """An open journal, held by this run alone."""

    def __init__(self, append: Callable[[str], None], runs: tuple[Run, ...] = ()) -> None:
        """`append` puts a line on the disk and returns when it is there."""
        self._append = append
        self.runs = runs
        """What earlier runs did, oldest first."""
        self._run = ""
        self._number = 0

    @property
    def unfinished(self) -> Run | None:
        """The last run that was killed on its way, where nobody has settled it since."""
        return _unfinished(self.runs)

    def begin(self, now: int, cluster: str) -> str:
        """Start a run; its id."""
        taken = {run.id for run in self.runs}
        self._run = next(id for id in _ids(_moment(now)) if id not in taken)
        self._record("began", cluster=cluster, version=__version__)
        return self._run

    def writing(self, change: Change) -> None:
        """Record what stands there and what is about to; the write may begin when this returns."""
        self._number += 1
        self._record("writing", number=self._number, change=encode(change, Change))

    def written(self) -> None:
        """Record that the write was confirmed."""
        self._record("written", number=self._number)

    def refused(self) -> None:
        """Record that what stood there still does."""
        self._record("refused", number=self._number)

    def end(self) -> None:
        """Record that the run came to its end."""
        self._record("ended")

    def settle(self, run: str, *, undone: bool) -> None:
        """Record that this run undid an earlier one, or finished what it had begun."""
        self._record("undid" if undone else "finished", other=run)

    def _record(self, event: str, **more: Any) -> None:
        self._append(json.dumps({"journal": FORMAT, "run": self._run, "event": event, **more}) + "\n")


def state_folder(environ: Mapping[str, str]) -> Path:
    """Where journals are kept: `$XDG_STATE_HOME/keystone-check`, by default under `~/.local/state`."""
    home = environ.get("XDG_STATE_HOME", "")
    base = (
        Path(home) if home.startswith("/") else Path(environ.get("HOME") or "~").expanduser() / ".local/state"
    )
    return base / "keystone-check"


def address_of(world: World) -> str:
    """The name of the journal: the issuer, which no two clusters share, and the account."""
    issuer = getattr(world.issuer, "url", "unknown issuer").removeprefix("https://")
    account = getattr(world.caller, "account", "unknown account")
    return re.sub(r"[^A-Za-z0-9.-]+", "-", f"{issuer}-{account}")[:200]


@contextmanager
def held(folder: Path, address: str) -> Iterator[Journal]:
    """The journal of this address, locked for as long as the block runs. KeystoneError when it cannot be."""
    path = folder / f"{address}.jsonl"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unwritable(path, error) from error
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        _lock(file, path)
        whole = _whole(file.read())
        runs = read(whole.decode(errors="replace"), path)
        # A line that a crash cut off announced nothing: a write begins when its line is on the disk.
        file.seek(len(whole))
        file.truncate()
        yield Journal(partial(_append, file, path), runs)


def seen(folder: Path, address: str) -> Run | None:
    """The run that was killed on its way; None where there is none, or another run is at work just now.

    It writes nothing. KeystoneError when a journal is there and cannot be read.
    """
    path = folder / f"{address}.jsonl"
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            text = _whole(file.read())
    except (FileNotFoundError, BlockingIOError):
        return None
    except OSError as error:
        raise KeystoneError(f"the journal {path} cannot be read: {error.strerror}", "look at it") from error
    return _unfinished(read(text.decode(errors="replace"), path))


def every_unfinished(folder: Path) -> tuple[Run, ...]:
    """The last run of each journal that was killed on its way. KeystoneError as above."""
    found = (seen(folder, path.stem) for path in sorted(folder.glob("*.jsonl")))
    return tuple(run for run in found if run)


def _unfinished(runs: tuple[Run, ...]) -> Run | None:
    return next((run for run in reversed(runs) if run.unfinished), None)


def _whole(text: bytes) -> bytes:
    return text[: text.rfind(b"\n") + 1]


def _append(file: BinaryIO, path: Path, line: str) -> None:
    try:
        if file.write(line.encode()) != len(line.encode()):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(file.fileno())
    except OSError as error:
        raise _unwritable(path, error) from error


def _lock(file: BinaryIO, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise KeystoneError(
            f"another run is writing to this cluster: it holds {path}", "wait for it to end, and look again"
        ) from error


def _moment(now: int) -> str:
    return datetime.datetime.fromtimestamp(now, datetime.UTC).strftime("%Y%m%dT%H%M%SZ")


def _ids(moment: str) -> Iterator[str]:
    yield moment
    number = 2
    while True:
        yield f"{moment}-{number}"
        number += 1


def _unwritable(path: Path, error: OSError) -> KeystoneError:
    return KeystoneError(
        f"the journal {path} cannot be written: {error.strerror}; nothing more was changed",
        "make room there, or name another folder with XDG_STATE_HOME",
    )
