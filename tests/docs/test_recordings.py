"""What the pages show is what the commands print, and no command stands there that is not run."""

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

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
