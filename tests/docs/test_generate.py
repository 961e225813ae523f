"""The pages under docs/checks/ say what the checks say."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_pages_are_generated_from_the_checks() -> None:
    wanted = runpy.run_path(str(DOCS / "generate.py"))["pages"]()
    found = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "checks").iterdir()}
    assert found == wanted, "run python docs/generate.py"
