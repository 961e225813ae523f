"""The published schema of the JSON report, against reports of all kinds."""

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator, ValidationError

from keystone_check.model.acceptance import Acceptance
from keystone_check.reports.as_json import render
from keystone_check.reports.schema import schema
from keystone_check.reports.shapes import SCHEMA
from tests.cli.build import Outside, audience_check, command, finding, unreachable
from tests.reports import build

CLOSED = Draft202012Validator(schema(closed=True))
OPEN = Draft202012Validator(schema())


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())
    Draft202012Validator.check_schema(schema(closed=True))


def test_the_command_prints_it_with_its_version_and_contacts_nothing() -> None:
    outside = finding()
    ran = command(outside, "--schema")
    assert (ran.code, outside.opened) == (0, [])
    assert json.loads(ran.out) == schema()
    assert f"version {SCHEMA}" in schema()["title"]


def test_a_report_of_every_status_is_as_the_schema_says() -> None:
    CLOSED.validate(json.loads(render(build.report(*build.FINDINGS.values(), build.defect(build.repair())))))


def test_a_report_of_a_cluster_that_was_not_reached_is() -> None:
    CLOSED.validate(json.loads(render(build.report(build.unseen(), seen=unreachable()))))


def test_accepted_findings_and_entries_that_fit_nothing_are() -> None:
    entry = Acceptance("audience_is_registered", "known", "2027-03-31")
    report = build.report(replace(build.outcome(build.defect()), acceptance=entry))
    report = replace(report, diagnosis=replace(report.diagnosis, unmatched=(entry,)))
    CLOSED.validate(json.loads(render(report)))


@pytest.mark.parametrize("argv", [("--fix", "--yes"), ("--fix", "--dry-run"), ("--fix=unsafe", "--dry-run")])
def test_a_repair_is(argv: tuple[str, ...]) -> None:
    CLOSED.validate(json.loads(command(Outside([audience_check()]), *argv, "--format=json").out))


def test_a_field_that_is_missing_is_noticed_and_one_more_passes_the_open_form() -> None:
    document = json.loads(render(build.report(build.defect())))
    OPEN.validate({**document, "new": 1})
    for validator, changed in ((CLOSED, {**document, "new": 1}), (OPEN, {**document, "schema": SCHEMA + 1})):
        with pytest.raises(ValidationError):
            validator.validate(changed)
    del document["verdict"]
    with pytest.raises(ValidationError):
        OPEN.validate(document)
