"""docs/upgrade.md: its commands run as they stand, one after the other, and print what it shows."""

import contextlib
import io
import os
import re
import runpy
import shlex
from pathlib import Path

from keystone_check.cli.main import main

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "upgrade.md").read_text(encoding="utf-8")
KEPT = ["before.json.gz", "karpenter.json.gz", "now.json.gz", "shown.json.gz", "switched.json.gz"]


def code(line: str) -> int:
    return main(shlex.split(line)[1:], io.StringIO(), io.StringIO(), environ=os.environ)


def test_its_commands_run(tmp_path: Path) -> None:
    plain = re.sub(r"```console\n.*?```", "", PAGE, flags=re.DOTALL)
    blocks = re.findall(r"```\n(.*?)```", plain, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("keystone-check ")]
    with contextlib.chdir(tmp_path):
        codes = {line: code(line) for line in lines}
    ahead = {line: int("--target" in line) for line in lines}
    assert codes == ahead
    assert len(lines) == 9
    assert sorted(path.name for path in tmp_path.iterdir()) == KEPT


def test_it_shows_what_is_printed_now() -> None:
    assert PAGE.count("<!-- run -->") == 3
    renewed = runpy.run_path(str(DOCS / "recordings.py"))["renewed"]
    assert renewed(PAGE) == PAGE, "run python docs/recordings.py"
