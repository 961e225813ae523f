"""docs/upgrade.md: its commands run as they stand, one after the other."""

import contextlib
import io
import os
import re
import shlex
from pathlib import Path

from keystone_check.cli.main import main

PAGE = Path(__file__).parents[2] / "docs" / "upgrade.md"


def command(line: str) -> int:
    return main(shlex.split(line)[1:], io.StringIO(), io.StringIO(), environ=os.environ)


def test_its_commands_run(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    told = [line for block in blocks for line in block.splitlines()]
    lines = [line for line in told if line.startswith("keystone-check ")]
    with contextlib.chdir(tmp_path):
        codes = [
            main(shlex.split(line)[1:], io.StringIO(), io.StringIO(), environ=os.environ) for line in lines
        ]
    assert codes == [0] * 5
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "before.json.gz",
        "shown.json.gz",
        "switched.json.gz",
    ]
