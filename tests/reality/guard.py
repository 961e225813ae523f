"""Runs a command for as long as its own standard input is open.

The pipe's other end belongs to the test run. However that ends, killed included, the pipe closes, and no
server outlives it.
"""

import os
import subprocess
import sys
import threading


def main() -> int:
    """Starts the command that the arguments name and ends with its exit code."""
    with subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL) as process:
        threading.Thread(target=_kill_when_input_ends, args=(process,), daemon=True).start()
        return process.wait()


def _kill_when_input_ends(process: subprocess.Popen[bytes]) -> None:
    while os.read(0, 1):
        pass
    process.kill()


if __name__ == "__main__":
    sys.exit(main())
