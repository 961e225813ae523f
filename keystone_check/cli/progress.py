"""What is being read, on one line of stderr that wipes itself out; nothing when nobody watches."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from keystone_check.reports.printable import printable
from keystone_check.reports.screen import Screen

Progress = Callable[[str, str], None]
"""(source, what): called from any thread, before each read."""


@contextmanager
def progress(stream: TextIO, screen: Screen) -> Iterator[Progress]:
    """Show what is being read while the block runs, when the stream is a terminal.

    A screen reader would read a line anew each time that it changes: it gets a line for each source, once.
    """
    if not stream.isatty():
        yield _silent
        return
    if screen.spoken:
        yield _Told(stream)
        return
    lock, over = threading.Lock(), threading.Event()

    def show(source: str, what: str) -> None:
        with lock:
            if over.is_set():
                return  # a reader that has not heard yet that nobody waits for it
            stream.write(f"\r\033[K{printable(f'reading {source}: {what}')[: screen.width - 1]}")
            stream.flush()

    try:
        yield show
    finally:
        with lock:
            over.set()
            stream.write("\r\033[K")
            stream.flush()


class _Told:
    """A line for each source."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._sources: set[str] = set()

    def __call__(self, source: str, what: str) -> None:
        with self._lock:
            if source not in self._sources:
                self._sources.add(source)
                self._stream.write(f"{printable(f'reading {source}')}\n")
                self._stream.flush()


def _silent(source: str, what: str) -> None:
    pass
