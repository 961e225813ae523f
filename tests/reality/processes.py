"""Servers as processes: on loopback ports of their own, and gone with the test run."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from keystone_check.errors import KeystoneError
from tests.reality import guard

LOG_LINES = 25


@contextlib.contextmanager
def reserved_port() -> Iterator[int]:
    """A free port that nobody else is given meanwhile: it stays bound here, and the server shares it."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def free_port() -> int:
    """A port that was free a moment ago, for a server that shares its port with nobody."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port: int = holder.getsockname()[1]
        return port


@contextlib.contextmanager
def running(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a server for as long as the block lasts; what it says goes into the log."""
    # Proxies are for what lies outside; these servers talk to loopback only.
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    guarded = [sys.executable, guard.__file__, *command]
    with (
        log.open("wb") as file,
        subprocess.Popen(
            guarded, stdin=subprocess.PIPE, stdout=file, stderr=file, env=environment, start_new_session=True
        ) as process,
    ):
        yield process  # leaving the block closes the guard's input, which ends the server, and waits


def require_running(processes: dict[str, subprocess.Popen[bytes]], folder: Path) -> None:
    """Fails with the last lines of the folder's logs when one of these has ended."""
    for name, process in processes.items():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
            raise start_failure(folder, f"{name} ended with {process.returncode} before it was ready")


def start_failure(folder: Path, what: str) -> KeystoneError:
    """That a server did not start, with what the folder's logs say last."""
    lines = (f"{log.name}: {line}" for log in sorted(folder.glob("*.log")) for line in _tail(log))
    return KeystoneError("\n".join([what, *lines]), "the last lines above name the flag or port at fault")


def _tail(log: Path) -> list[str]:
    return log.read_text(errors="replace").splitlines()[-LOG_LINES:]
