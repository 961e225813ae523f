"""python docs/recordings.py: run the commands of these pages again, and write their output.

A recording is a console block after a line `<!-- run -->`; after `<!-- answer: e y -->` the command is run
at a terminal and its questions are answered with these letters. A test compares each with a new run.
"""

import os
import pty
import re
import shlex
import subprocess
import sys
from pathlib import Path

PAGES = (
    Path(__file__).parents[1] / "README.md",
    *(Path(__file__).with_name(name) for name in ("upgrade.md", "many-clusters.md")),
)
_BLOCK = re.compile(
    r"(?<=<!-- )(?P<how>run|answer: [^\n]*)(?P<end> -->\n)"
    r"```console\n\$ (?P<command>keystone-check [^\n]*)\n.*?```",
    re.DOTALL,
)
_PORT = re.compile(r"127\.0\.0\.1:\d+")
_KEY = re.compile(r"\b[\w-]{43}\b", re.ASCII)
"""A key's id, which is another one each time too."""
_WIPED = re.compile(r"^.*\x1b\[K", re.MULTILINE)
"""What was being read, on a line that wipes itself out."""
_ASKING = re.compile(rb"\[[^\n]*: $")


def renewed(text: str) -> str:
    """The text with every recording made anew."""
    return _BLOCK.sub(_recorded, text)


def _recorded(block: re.Match[str]) -> str:
    words = shlex.split(block["command"].replace("keystone-check", "keystone_check", 1))
    command = [sys.executable, "-m", *words]
    answers = block["how"].partition("answer: ")[2].split()
    printed = answered(command, answers) if answers else _printed(command)
    # the port is another one each time
    shown = _PORT.sub("127.0.0.1:6443", _KEY.sub("KID", printed)).rstrip()
    return f"{block['how']}{block['end']}```console\n$ {block['command']}\n{shown}\n```"


def _printed(command: list[str]) -> str:
    return subprocess.run(command, env=_environ(), capture_output=True, text=True, check=False).stdout


def answered(command: list[str], answers: list[str]) -> str:
    """What stands on the screen when the command has run at a terminal; each question takes an answer."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, env=_environ(), stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ):
        os.close(theirs)
        seen, left = b"", list(answers)
        while more := _read(ours):
            seen += more
            if left and _ASKING.search(seen):
                os.write(ours, f"{left.pop(0)}\n".encode())
    os.close(ours)
    return _WIPED.sub("", seen.decode().replace("\r\n", "\n"))


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when nobody has the other end any more
        return b""


def _environ() -> dict[str, str]:
    return {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")
