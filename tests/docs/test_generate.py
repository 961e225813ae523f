"""The pages under docs/checks/ say what the checks say."""

import runpy
from pathlib import Path

import pytest

from keystone_check import checks
from keystone_check.model.finding import Severity

DOCS = Path(__file__).parents[2] / "docs"


def test_the_pages_are_generated_from_the_checks() -> None:
    wanted = runpy.run_path(str(DOCS / "generate.py"))["pages"]()
    found = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "checks").iterdir()}
    assert found == wanted, "run python docs/generate.py"


def test_the_table_of_repairs_is_generated_from_the_repairs_of_the_faults() -> None:
    made = runpy.run_path(str(DOCS / "generate.py"))["repairs"]()
    assert (DOCS / "repairs.md").read_text(encoding="utf-8") == made, "run python docs/generate.py"


def test_the_table_of_rights_is_generated_from_what_the_readers_ask() -> None:
    made = runpy.run_path(str(DOCS / "generate.py"))["rights"]()
    assert (DOCS / "rights.md").read_text(encoding="utf-8") == made, "run python docs/generate.py"
    assert "| `create pods` |" in made


@pytest.mark.parametrize(
    ("message", "check"),
    [
        ("Incorrect token audience", "audience_is_registered"),
        ("Request ARN is invalid", "role_arn_is_well_formed"),
        ("Couldn't retrieve verification key from your identity provider", "key_set_is_public"),
        ("No OpenIDConnect provider found in your account for https://…", "provider_exists"),
    ],
)
def test_a_search_for_a_message_finds_the_pages_that_explain_it(message: str, check: str) -> None:
    index = runpy.run_path(str(DOCS / "generate.py"))["pages"]()["messages.md"]
    pages = index.partition(f"`{message}`")[2].partition("\n`")[0]
    assert f"({check}.md)" in pages


def test_code_that_a_page_quotes_is_no_message() -> None:
    index = runpy.run_path(str(DOCS / "generate.py"))["pages"]()["messages.md"]
    assert "`openssl" not in index
    assert "`StringEquals`" not in index


def test_the_chains_page_names_every_check_without_which_it_does_not_hold() -> None:
    page = (DOCS / "chain.md").read_text(encoding="utf-8")
    critical = [check.id for check in checks.load() if check.severity is Severity.CRITICAL]
    assert [id for id in critical if f"[{id}](checks/{id}.md)" not in page] == []
    assert len(critical) > 40
