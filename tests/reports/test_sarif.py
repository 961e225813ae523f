"""SARIF as OASIS's schema and GitHub's page ask for it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from keystone_check.checks import load
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.finding import Severity, Status
from keystone_check.model.outcome import Outcome
from keystone_check.reports.report import Report
from keystone_check.reports.sarif import MOST_RESULTS, render
from tests.reports import build

OFFICIAL = Path(__file__).parents[2] / "fixtures" / "sarif" / "sarif-schema-2.1.0.json"
VALIDATOR = Draft4Validator(json.loads(OFFICIAL.read_text("utf-8")))
ENTRY = Acceptance("audience_is_registered", "known", "2027-03-31")
NASTY = "\x1b[2J\x7f\u202e [click](https://evil.example)\n" + "x" * 10_000


def run(report: Report) -> Any:
    document = json.loads(render(report))
    VALIDATOR.validate(document)
    (one,) = document["runs"]
    return one


def results(*found: Outcome, name: str = "prod") -> list[Any]:
    made: list[Any] = run(replace(build.report(*found), name=name))["results"]
    return made


def broken(subject: str = build.PROVIDER, seen: str = "foo") -> Outcome:
    return build.outcome(replace(build.defect(seen=seen), subject=subject))


def test_a_report_of_every_status_is_sarif() -> None:
    made = run(build.report(*build.FINDINGS.values()))
    assert [result["ruleId"] for result in made["results"]] == ["audience_is_registered"]


def test_a_report_of_every_check_is_sarif() -> None:
    made = run(build.report(*(Outcome(check, build.defect()) for check in load())))
    rules = made["tool"]["driver"]["rules"]
    assert len(rules) == len(load())
    assert all(rule["help"]["text"] and rule["helpUri"].startswith("https://") for rule in rules)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in made["results"])


def test_a_result_has_all_that_github_asks_for() -> None:
    (result,) = results(broken())
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "keystone-check.toml"
    assert location["physicalLocation"]["region"] == {"startLine": 1}
    assert location["logicalLocations"][0]["fullyQualifiedName"] == build.PROVIDER
    assert "Expected: sts.amazonaws.com\nSeen: foo" in result["message"]["text"]
    assert result["partialFingerprints"]["primaryLocationLineHash"]


@pytest.mark.parametrize(
    ("severity", "level", "least"),
    [
        (Severity.CRITICAL, "error", 9.0),
        (Severity.HIGH, "error", 7.0),
        (Severity.MEDIUM, "warning", 4.0),
        (Severity.LOW, "note", 0.1),
    ],
)
def test_github_shows_our_severity_as_its_own(severity: Severity, level: str, least: float) -> None:
    found = broken()
    made = run(build.report(replace(found, check=replace(found.check, severity=severity))))
    (rule,) = made["tool"]["driver"]["rules"]
    assert made["results"][0]["level"] == level == rule["defaultConfiguration"]["level"]
    assert least <= float(rule["properties"]["security-severity"]) < least + 3


def prints(*found: Outcome, name: str = "prod") -> list[str]:
    return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results(*found, name=name)]


def test_a_finding_keeps_its_fingerprint_when_its_values_change() -> None:
    assert prints(broken(seen="foo")) == prints(broken(seen="bar"))


def test_findings_of_other_subjects_clusters_and_places_have_others() -> None:
    made = [*prints(broken("a"), broken("b"), broken("a")), *prints(broken("a"), name="staging")]
    assert len(set(made)) == 4


def test_clusters_are_categories_of_their_own() -> None:
    assert run(build.report(broken()))["automationDetails"]["id"] == "keystone-check/prod/"


@pytest.mark.parametrize(("lapsed", "status"), [(False, "accepted"), (True, "rejected")])
def test_an_accepted_finding_is_suppressed_while_its_day_lasts(lapsed: bool, status: str) -> None:
    (result,) = results(replace(broken(), acceptance=ENTRY, lapsed=lapsed))
    assert result["suppressions"] == [
        {"kind": "external", "status": status, "justification": "until 2027-03-31: known"}
    ]


def test_what_was_not_seen_and_bugs_are_notifications_and_no_alerts() -> None:
    made = run(build.report(build.FINDINGS[Status.BLOCKED], build.FINDINGS[Status.CRASHED]))
    (invocation,) = made["invocations"]
    assert made["results"] == []
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 4)
    levels = [
        (item["level"], item["associatedRule"]["id"]) for item in invocation["toolExecutionNotifications"]
    ]
    assert levels == [("error", "audience_is_registered"), ("warning", "audience_is_registered")]


@pytest.mark.parametrize("place", ["seen", "subject", "name"])
def test_what_strangers_wrote_is_text(place: str) -> None:
    given = {place: NASTY} if place != "name" else {}
    report = replace(build.report(broken(**given)), name=NASTY if place == "name" else "prod")
    text = render(report)
    VALIDATOR.validate(json.loads(text))
    assert all(char == "\n" or " " <= char <= "~" for char in text)
    assert "[click](https" not in json.loads(text)["runs"][0]["results"][0]["message"]["text"]


def test_of_more_than_github_takes_the_gravest_are_given_and_the_rest_is_counted() -> None:
    grave, found = broken(), broken("another")
    mild = replace(found, check=replace(found.check, severity=Severity.LOW))
    document = json.loads(render(build.report(*[mild] * MOST_RESULTS, grave)))["runs"][0]
    assert len(document["results"]) == MOST_RESULTS
    assert document["results"][0]["level"] == "error"
    (note,) = document["invocations"][0]["toolConfigurationNotifications"]
    assert note["message"]["text"] == "1 further broken findings are left out: GitHub takes 25000"
