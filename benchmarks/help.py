"""`keystone-check --help` against an empty Python."""

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.commands import in_turns, seconds
from benchmarks.figures import Figure, Promise, measured

ROUNDS = 30
EMPTY = (sys.executable, "-c", "pass")
HELP = (str(Path(sys.executable).with_name("keystone-check")), "--help")
RATIO = Promise("keystone-check --help, times an empty Python", "×", 4.0)
PROMISES = (RATIO,)


def figures() -> Iterator[Figure]:
    """Both in milliseconds of wall-clock time, and their ratio."""
    empty, help = in_turns(ROUNDS, partial(seconds, EMPTY), partial(seconds, HELP))
    yield Figure("python -c pass", "ms", empty * 1000)
    yield Figure("keystone-check --help", "ms", help * 1000)
    yield measured(RATIO, help / empty)
