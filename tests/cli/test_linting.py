"""--lint-checks: what is missing, ours and the user's alike."""

import json
from dataclasses import replace

import pytest

from keystone_check.checks import load
from keystone_check.cli.linting import lint
from tests.cli.build import Outside, command
from tests.reports import build


def test_ours_lack_nothing() -> None:
    said, code = lint(load(), "text")
    assert (said, code) == (f"{len(load())} checks, nothing missing\n", 0)


@pytest.mark.parametrize("format", ["text", "json"])
def test_what_is_missing_is_named_with_the_file_and_fails(format: str) -> None:
    mine = replace(build.check(), page="", origin="my_checks/role/mine.py")
    outside = Outside([mine])
    ran = command(outside, "--lint-checks", "--format", format)
    assert (ran.code, outside.opened) == (1, [])
    assert "my_checks/role/mine.py" in ran.out
    assert "its page has nothing under ## How to fix" in ran.out
    if format == "json":
        assert json.loads(ran.out)["checks"] == 1
