"""docs/many-clusters.md: its commands run as they stand, one after the other, and print what it shows."""

import contextlib
import io
import re
import runpy
import shlex
from pathlib import Path

import yaml

from keystone_check.cli.arguments import parse
from keystone_check.cli.main import main
from tests.environment import bare

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "many-clusters.md").read_text(encoding="utf-8")
PLAIN = re.sub(r"```(?:console|yaml|json)\n.*?```", "", PAGE, flags=re.DOTALL)


def code(line: str) -> int:
    return main(shlex.split(line)[1:], io.StringIO(), io.StringIO(), environ=bare())


def test_its_commands_run(tmp_path: Path) -> None:
    blocks = re.findall(r"```\n(.*?)```", PLAIN, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("keystone-check ")]
    with contextlib.chdir(tmp_path):
        codes = [code(line) for line in lines]
    assert codes == [1, 0, 0, 0, 0, 0, 3]


def test_commands_that_need_a_bucket_are_well_formed() -> None:
    lines = re.findall(r"^    (keystone-check .*)$", PLAIN, re.MULTILINE)
    assert len(lines) == 2
    for line in lines:
        assert "s3://" in line
        parse(shlex.split(line)[1:])


def test_the_matrix_is_yaml_and_its_commands_are_well_formed() -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    jobs = yaml.safe_load(block)["jobs"]
    runs = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    for run in runs:
        command = run.replace("${{ matrix.shard }}", "5").partition(">>")[0]
        parse(shlex.split(command)[1:])
    assert len(runs) == 2
    assert jobs["look"]["strategy"]["matrix"]["shard"] == [1, 2, 3, 4, 5]


def test_it_shows_what_is_printed_now() -> None:
    assert PAGE.count("<!-- run -->") == 1
    renewed = runpy.run_path(str(DOCS / "recordings.py"))["renewed"]
    assert renewed(PAGE) == PAGE, "run python docs/recordings.py"
