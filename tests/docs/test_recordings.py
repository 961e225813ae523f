"""What the pages show is what the commands print, and no command stands there that is not run."""

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keystone_check import __version__

MADE = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "recordings.py"))
PAGES: tuple[Path, ...] = MADE["PAGES"]
RECORDED = [page for page in PAGES if "<!-- " in page.read_text("utf-8")]


@pytest.fixture(scope="module")
def runner() -> Iterator[Any]:
    with MADE["runner"]() as loaded:
        yield loaded


@pytest.mark.parametrize("page", RECORDED, ids=lambda it: it.stem)
def test_a_page_shows_what_is_printed_now(page: Path, runner: Any) -> None:
    text = page.read_text("utf-8")
    assert MADE["renewed"](text, runner) == text, f"run python docs/recordings.py {page.name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda it: it.stem)
def test_no_page_has_a_command_that_nothing_runs(page: Path) -> None:
    known = tuple(MADE["NOT_RUN"])
    assert [line for line in MADE["left_out"](page.read_text("utf-8")) if not line.startswith(known)] == []


def test_every_exception_is_one() -> None:
    left = [line for page in PAGES for line in MADE["left_out"](page.read_text("utf-8"))]
    assert [known for known in MADE["NOT_RUN"] if not any(line.startswith(known) for line in left)] == []


def test_what_a_page_shows_otherwise_is_told(runner: Any) -> None:
    page = "<!-- run -->\n```console\n$ keystone-check --version\nanother\n```\n"
    renewed = MADE["renewed"](page, runner)
    assert renewed == page.replace("another", f"keystone-check {__version__}")
    codes = "<!-- run: 0 -->\n```\nkeystone-check --cluster nobody\n```\n"
    assert MADE["renewed"](codes, runner) == codes.replace("run: 0", "run: 2")
    script = "<!-- run: sh -->\n```sh\nfalse\ntrue\n```\n"
    assert "sh ended with 1" in MADE["renewed"](script, runner)


def test_a_command_is_one_wherever_it_stands() -> None:
    fenced, indented = "```\nkeystone-check --fix\n```\n", "    $ aws s3 ls\n"
    assert list(MADE["left_out"](f"{fenced}\n{indented}\nkeystone-check in prose\n")) == [
        "keystone-check --fix",
        "aws s3 ls",
    ]
