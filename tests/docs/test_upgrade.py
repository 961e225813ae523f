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
    blocks = re.findall(r"```\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("keystone-check ")]
    with contextlib.chdir(tmp_path):
        codes = [
            main(shlex.split(line)[1:], io.StringIO(), io.StringIO(), environ=os.environ) for line in lines
        ]
    assert codes == [0] * 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["before.json.gz", "shown.json.gz"]
