"""Commands and how long they take."""

import statistics
import subprocess
import time
from collections.abc import Callable, Sequence


def seconds(command: Sequence[str], folder: str | None = None) -> float:
    """How long the command takes, its output read and dropped."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True)
    return time.perf_counter() - start


def in_turns(rounds: int, *runs: Callable[[], float]) -> tuple[float, ...]:
    """The median of each, all run in turns: a busy moment hits all. The first round does not count."""
    taken = [[run() for run in runs] for _ in range(rounds + 1)][1:]
    return tuple(map(statistics.median, zip(*taken, strict=True)))
