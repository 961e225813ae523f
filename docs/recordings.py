"""python docs/recordings.py: run the commands of README.md again and write what they print.

A recording is a console block after a line `<!-- run -->`; a test compares it with a new run.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
_BLOCK = re.compile(
    r"(?<=<!-- run -->\n)```console\n\$ (?P<command>keystone-check [^\n]*)\n.*?```", re.DOTALL
)
_PORT = re.compile(r"127\.0\.0\.1:\d+")


def renewed(text: str) -> str:
    """The text with every recording made anew."""
    return _BLOCK.sub(_recorded, text)


def _recorded(block: re.Match[str]) -> str:
    command = block["command"]
    run = subprocess.run(
        [sys.executable, "-m", *shlex.split(command.replace("keystone-check", "keystone_check", 1))],
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    shown = _PORT.sub("127.0.0.1:6443", run.stdout).rstrip()  # the port is another one each time
    return f"```console\n$ {command}\n{shown}\n```"


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")
