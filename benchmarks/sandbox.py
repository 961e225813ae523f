"""A full run on the embedded cluster, from an empty folder, against importing what it is made of."""

import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.commands import in_turns, seconds
from benchmarks.figures import Figure, Promise, measured

ROUNDS = 3
PARTS = (sys.executable, "-c", "import boto3, kubernetes.client, moto.server, pytest")
RUN = "pytest --keystone-cluster=sandbox"
SECONDS = Promise(RUN, "s", 10.0)
PROMISES = (SECONDS,)


def figures() -> Iterator[Figure]:
    """Seconds of wall-clock time, as a user waits for them."""
    parts, run = in_turns(ROUNDS, partial(seconds, PARTS), _run)
    yield Figure("import boto3, kubernetes.client, moto.server, pytest", "s", parts)
    yield measured(SECONDS, run)
    yield Figure(f"{RUN}, times those imports", "×", run / parts)


def _run() -> float:
    with tempfile.TemporaryDirectory() as folder:
        pytest = str(Path(sys.executable).with_name("pytest"))
        return seconds((pytest, "--keystone-cluster=sandbox"), folder)
