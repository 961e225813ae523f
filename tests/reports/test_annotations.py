"""Annotations of a run of GitHub Actions."""

from dataclasses import replace

from keystone_check.model.finding import Status
from keystone_check.reports.annotations import LONGEST, render
from tests.reports import build


def test_each_thing_that_is_wrong_is_one_command_with_its_level_and_check() -> None:
    *commands, last = render(build.report(*build.FINDINGS.values())).splitlines()
    assert [command.partition("::")[2].partition("::")[0] for command in commands] == [
        "error title=keystone-check on prod%3A audience_is_registered",
        "error title=keystone-check on prod%3A audience_is_registered",
        "error title=keystone-check on prod%3A could not be seen",
    ]
    assert last.startswith("1 crashed, 1 broken, 1 could not be seen")


def test_expected_and_seen_are_lines_of_their_own() -> None:
    command = render(build.report(build.defect(seen="foo"))).splitlines()[0]
    assert "%0Aexpected: " in command
    assert command.endswith("%0Aseen: foo")


def test_what_holds_is_no_annotation() -> None:
    assert "::" not in render(build.report(build.FINDINGS[Status.HOLDS]))


def test_a_value_ends_no_command_and_starts_none() -> None:
    forged = build.defect(seen="100%\n::error::forged\r")
    said = render(replace(build.report(forged), name="a,b:c\n::x"))
    first, _ = said.splitlines()
    assert first.startswith("::error title=keystone-check on a%2Cb%3Ac\\n%3A%3Ax%3A ")
    assert "seen: 100%25\\n::error::forged" in first


def test_a_line_has_an_end() -> None:
    first, _ = render(build.report(build.defect(seen="z" * 10_000))).splitlines()
    *_, seen = first.split("%0A")
    assert len(seen) == LONGEST
