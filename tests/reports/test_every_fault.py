"""Every fault's report, in every format that somebody else's schema or page describes."""

import json
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft4Validator, Draft202012Validator

from keystone_check.acceptance import accept
from keystone_check.baseline import add, entries
from keystone_check.checks import load
from keystone_check.configuration import at
from keystone_check.diagnosis import diagnose
from keystone_check.reports import render
from keystone_check.reports.report import Report
from keystone_check.reports.schema import schema
from keystone_check.reports.screen import Screen
from keystone_check.sandbox.faults import FAULTS
from tests.reports.test_sarif import OFFICIAL
from tests.sandbox.worlds import world_with

every_fault = pytest.mark.parametrize("fault", [None, *FAULTS])
SARIF = Draft4Validator(json.loads(OFFICIAL.read_text("utf-8")))
JSON = Draft202012Validator(schema(closed=True))


@cache
def report(fault: str | None) -> Report:
    return Report(f"sandbox:{fault}", diagnose(world_with(fault), load()))


@every_fault
def test_its_json_is_as_our_schema_says(fault: str | None) -> None:
    JSON.validate(json.loads(render(report(fault), "json", Screen())))


@every_fault
def test_its_sarif_is_as_the_official_schema_says(fault: str | None) -> None:
    SARIF.validate(json.loads(render(report(fault), "sarif", Screen())))


@every_fault
def test_its_tables_have_as_many_cells_in_every_row(fault: str | None) -> None:
    bars = 0
    for line in render(report(fault), "markdown", Screen()).splitlines():
        bars = bars or line.count("|") if line.startswith("|") else 0
        assert not bars or line.count("|") == bars, line


@every_fault
def test_what_is_broken_can_be_accepted_and_then_nothing_fails(fault: str | None, tmp_path: Path) -> None:
    given, path = report(fault), tmp_path / "keystone-check.toml"
    found = entries(given.diagnosis.broken, given.name, "known", "2027-12-31")
    if found:
        add(path, found)
    read = at(path).accept if found else ()
    seen = accept(given.diagnosis, read, given.name)
    assert (seen.broken, seen.unmatched) == ((), ())
    assert len(seen.accepted) == len(given.diagnosis.broken)
