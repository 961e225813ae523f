"""Ctrl-C, wherever it comes: a quiet end, and nothing is left behind."""

import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.bad_input.looking import environment
from tests.signals import as_at_a_terminal, as_in_the_background

TRIES, PATIENCE_SECONDS = 5, 5.0
FAULT = ("--cluster", "sandbox:audience-is-not-registered")


@dataclass(frozen=True)
class Running:
    """A command at a terminal of its own, with a folder for its temporary files."""

    process: subprocess.Popen[bytes]
    terminal: int
    temporary: Path
    unread: bytearray = field(default_factory=bytearray)
    """What came after the words that were waited for."""

    def until(self, words: bytes) -> None:
        """Read what it writes until these words come."""
        while words not in self.unread:
            more = _read(self.terminal)
            assert more, self.unread.decode()
            self.unread.extend(more)
        del self.unread[: self.unread.index(words) + len(words)]

    def ends(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal; the exit code and all that was written after it.

        A signal that comes just before Python begins to read is seen only after it (PEP 475 does not
        cover that moment), so where nothing happens it is sent again, as a person would.
        """
        for _ in range(TRIES):
            self.process.send_signal(number)
            if select.select([self.terminal], [], [], PATIENCE_SECONDS)[0]:
                break
        written = bytes(self.unread) + b"".join(iter(lambda: _read(self.terminal), b""))
        return self.process.wait(), written.decode()

    def leaves_nothing(self) -> bool:
        """Whether neither a file nor a process stayed."""
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return not list(self.temporary.iterdir())
        return False


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when nobody holds the other end any more
        return b""


@contextmanager
def running(folder: Path, *argv: str, begin: Callable[[], None] = as_at_a_terminal) -> Iterator[Running]:
    """Start it as the leader of a process group."""
    temporary = folder / "temporary"
    temporary.mkdir()
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", *argv],
        cwd=folder,
        env=environment(folder, {"TMPDIR": str(temporary)}),
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
        preexec_fn=begin,
    )
    os.close(its)
    try:
        yield Running(process, ours, temporary)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_while_it_gathers(tmp_path: Path, number: signal.Signals, code: int) -> None:
    with running(tmp_path, "keystone_check", *FAULT) as command:
        command.until(b"reading ")
        ended, written = command.ends(number)
        assert ended == code
        assert written.endswith("keystone-check: interrupted\r\n")
        assert "Traceback" not in written
        assert command.leaves_nothing()


@pytest.mark.parametrize(
    ("number", "code", "last"),
    [
        (signal.SIGINT, 1, "Nothing was written: you quit."),
        (signal.SIGTERM, 143, "keystone-check: interrupted"),
    ],
)
def test_while_it_asks_before_it_writes(tmp_path: Path, number: signal.Signals, code: int, last: str) -> None:
    with running(tmp_path, "keystone_check", *FAULT, "--fix") as command:
        command.until(b"Write this?")
        ended, written = command.ends(number)
        assert ended == code
        assert last in written
        assert "Traceback" not in written
        assert command.leaves_nothing()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_while_a_sandbox_is_served(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path, "keystone_check.sandbox") as sandbox:
        sandbox.until(b"Ctrl-C ends it")
        assert list(sandbox.temporary.iterdir())
        ended, written = sandbox.ends(number)
        assert ended == 0
        assert "Traceback" not in written
        assert sandbox.leaves_nothing()


def test_a_sandbox_that_a_script_started_in_the_background_ends_when_it_is_told_to(tmp_path: Path) -> None:
    with running(tmp_path, "keystone_check.sandbox", begin=as_in_the_background) as sandbox:
        sandbox.until(b"Ctrl-C ends it")
        ended, _ = sandbox.ends(signal.SIGTERM)
        assert ended == 0
        assert sandbox.leaves_nothing()


WAITING = """
import threading

def test_that_waits(keystone_mint):
    keystone_mint("app/api")
    print("waiting", flush=True)
    threading.Event().wait()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_while_a_users_own_test_runs(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "test_mine.py").write_text(WAITING)
    arguments = ("--keystone-cluster=sandbox", "-s", "-p", "no:cacheprovider")
    with running(tmp_path, "pytest", *arguments) as run:
        run.until(b"waiting\r\n")
        ended, written = run.ends(number)
        assert ended == pytest.ExitCode.INTERRUPTED
        assert "KeyboardInterrupt" in written
        assert run.leaves_nothing()
