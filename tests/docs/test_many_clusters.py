"""docs/many-clusters.md: what cannot be run here is well formed at least."""

import re
import shlex
from pathlib import Path

import yaml

from keystone_check.cli.arguments import parse

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "many-clusters.md").read_text(encoding="utf-8")
PLAIN = re.sub(r"```(?:console|yaml|json)\n.*?```", "", PAGE, flags=re.DOTALL)


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
