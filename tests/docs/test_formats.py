"""The table of formats is what they carry, and the published schema is the one that is printed."""

import runpy
from pathlib import Path

from keystone_check.reports import as_json
from keystone_check.reports.schema import schema

DOCS = Path(__file__).parents[2] / "docs"
MADE = runpy.run_path(str(DOCS / "formats.py"))


def test_the_page_is_generated() -> None:
    assert (DOCS / "reports.md").read_text("utf-8") == MADE["page"](), "run python docs/formats.py"


def test_the_schema_is_published() -> None:
    published = (DOCS / "report.schema.json").read_text("utf-8")
    assert published == as_json.dumps(schema()), "run python docs/formats.py"


def test_everything_that_is_carried_somewhere_is_on_the_page_to_open() -> None:
    (row,) = (line for line in MADE["page"]().splitlines() if line.startswith("| `html`"))
    assert row.count("yes") == len(MADE["CARRIED"])
