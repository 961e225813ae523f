"""`keystone-check --help` against an empty Python, both timed in this run, in turns.

    python benchmarks/help.py

Prints the ratio of the medians and ends with 1 when it is above the promise.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

PROMISE = 4.0
ROUNDS = 30
EMPTY = (sys.executable, "-c", "pass")
HELP = (str(Path(sys.executable).with_name("keystone-check")), "--help")


def seconds(command: Sequence[str]) -> float:
    """How long the command takes, its output read and dropped."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return time.perf_counter() - start


def main() -> int:
    """Time both in turns, so that a busy moment hits both."""
    for command in (EMPTY, HELP):
        seconds(command)
    empty, help = zip(*((seconds(EMPTY), seconds(HELP)) for _ in range(ROUNDS)), strict=True)
    ratio = statistics.median(help) / statistics.median(empty)
    print(f"python -c pass         {statistics.median(empty) * 1000:6.1f} ms")
    print(f"keystone-check --help  {statistics.median(help) * 1000:6.1f} ms")
    print(f"ratio                  {ratio:6.2f}  (promised: at most {PROMISE})")
    return 0 if ratio <= PROMISE else 1


if __name__ == "__main__":
    sys.exit(main())
