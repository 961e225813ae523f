"""What is being read, on one line of stderr that wipes itself out; nothing when nobody watches."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from keystone_check.reports.printable import printable

Progress = Callable[[str, str], None]
"""(source, what): called from any thread, before each read."""


@contextmanager
def progress(stream: TextIO, width: int) -> Iterator[Progress]:
    """Show what is being read while the block runs, when the stream is a terminal."""
    if not stream.isatty():
        yield _silent
        return
    lock, over = threading.Lock(), threading.Event()

    def show(source: str, what: str) -> None:
        with lock:
            if over.is_set():
                return  # a reader that has not heard yet that nobody waits for it
            stream.write(f"\r\033[K{printable(f'reading {source}: {what}')[: width - 1]}")
            stream.flush()

    try:
        yield show
    finally:
        with lock:
            over.set()
            stream.write("\r\033[K")
            stream.flush()


def _silent(source: str, what: str) -> None:
    pass
