"""What the user accepts: read, matched, past, and matching nothing."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from keystone_check.acceptance import accept, day, read, vetted
from keystone_check.errors import UsageError
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.finding import Evidence, Finding, Status, broken
from keystone_check.model.outcome import Diagnosis
from tests.reports import build
from tests.worlds import NOW

ID = "audience_is_registered"
DAY, LAST_MONTH = "2027-01-15", "2026-12-15"
"""The tests' clock stands at the first."""


def entry(until: str = DAY, subject: str = "", cluster: str = "", check: str = ID) -> Acceptance:
    return Acceptance(check, "the old cluster", until, subject, cluster, "k.toml: accept[0]")


def about(subject: str) -> Finding:
    return broken(subject, "shut", Evidence("a", "b", "c"))


def diagnosis(*findings: Finding) -> Diagnosis:
    return Diagnosis(build.world(), tuple(map(build.outcome, findings)))


def accepted(*entries: Acceptance, found: Finding | None = None, cluster: str = "prod") -> Diagnosis:
    return accept(diagnosis(found or build.defect()), entries, cluster)


def test_the_clock_of_these_tests_stands_at_their_day() -> None:
    assert date.fromtimestamp(NOW).isoformat() == DAY


def test_an_accepted_finding_stays_broken_and_is_no_headline() -> None:
    seen = accepted(entry())
    assert [outcome.status for outcome in seen.accepted] == [Status.BROKEN]
    assert (seen.broken, seen.headline) == ((), None)


def test_an_entry_counts_through_its_last_day_and_no_longer() -> None:
    assert accepted(entry(DAY)).accepted
    past = accepted(entry("2027-01-14"))
    assert [outcome.lapsed for outcome in past.broken] == [True]
    assert past.headline == past.outcomes[0]


def test_today_is_the_day_of_the_facts() -> None:
    seen = diagnosis(build.defect())
    later = replace(seen, world=replace(seen.world, now=NOW + 2 * 86400))
    assert accept(seen, [entry()], "prod").accepted
    assert not accept(later, [entry()], "prod").accepted


def test_of_two_entries_the_one_that_holds_longer_counts() -> None:
    assert accepted(entry(LAST_MONTH), entry(DAY)).accepted
    assert accepted(entry(DAY), entry(LAST_MONTH)).accepted


@pytest.mark.parametrize(
    ("pattern", "subject", "fits"),
    [
        ("", "app/api", True),
        ("app/api", "app/api", True),
        ("app/api", "app/api2", False),
        ("app/*", "app/api", True),
        ("*/api", "app/api", True),
        ("app/*", "apps/api", False),
        ("app.*", "app/api", False),
        ("https://[::1]/*", "https://[::1]/x", True),
        ("*", "", True),
    ],
)
def test_a_subject_is_meant_exactly_but_for_its_stars(pattern: str, subject: str, fits: bool) -> None:
    assert bool(accepted(entry(subject=pattern), found=about(subject)).accepted) is fits


def test_an_entry_of_another_cluster_says_nothing_here_and_is_not_missed() -> None:
    other = accepted(entry(cluster="staging"))
    assert (other.accepted, other.unmatched) == ((), ())
    assert accepted(entry(cluster="pro*")).accepted


@pytest.mark.parametrize("status", [Status.BLOCKED, Status.CRASHED, Status.HOLDS, Status.NOT_APPLICABLE])
def test_only_what_is_broken_can_be_accepted(status: Status) -> None:
    assert accepted(entry(), found=build.FINDINGS[status]).accepted == ()


@pytest.mark.parametrize("until", [DAY, LAST_MONTH])
def test_an_entry_that_fits_nothing_is_named(until: str) -> None:
    assert accepted(entry(until, "app/gone")).unmatched == (entry(until, "app/gone"),)
    assert accepted(entry(until), found=build.FINDINGS[Status.HOLDS]).unmatched == (entry(until),)


@pytest.mark.parametrize("status", [Status.BLOCKED, Status.CRASHED])
def test_an_entry_whose_check_could_not_judge_is_not_blamed(status: Status) -> None:
    assert accepted(entry(), found=build.FINDINGS[status]).unmatched == ()


def test_an_entry_whose_check_was_not_asked_for_is_not_blamed() -> None:
    assert accepted(entry(check="another")).unmatched == ()


def test_an_entry_of_an_unknown_check_is_a_usage_error_with_a_near_name() -> None:
    with pytest.raises(
        UsageError, match=r"k\.toml: accept\[0\]: there is no check 'audience_registered'"
    ) as raised:
        vetted([entry(check="audience_registered")], {ID: "provider"})
    assert raised.value.hint == f"did you mean {ID}?"


def test_whole_entries_are_read() -> None:
    table = {"check": "c", "reason": "r", "until": date(2027, 3, 31), "subject": "s", "cluster": "k"}
    assert read("f: accept", [table]) == (Acceptance("c", "r", "2027-03-31", "s", "k"),)


WHOLE = {"check": "c", "reason": "r", "until": "2027-03-31"}


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        ("x", "f: accept is 'x'", "[[accept]]"),
        ([1], "f: accept[0] is 1", "a table"),
        ([{**WHOLE, "untill": "x"}], "f: accept[0]: there is no setting 'untill'", "did you mean until?"),
        ([{**WHOLE, "check": ""}], "f: accept[0] has no check", "reason"),
        ([{"check": "c", "until": "2027-03-31"}], "f: accept[0] has no reason", "reason"),
        ([WHOLE, {"check": "c", "reason": "r"}], "f: accept[1] has no until", "until"),
        ([{**WHOLE, "subject": 1}], "f: accept[0].subject is 1", "a string"),
        ([{**WHOLE, "until": "31.3.2027"}], "f: accept[0].until is '31.3.2027'", "2027-03-31"),
    ],
)
def test_an_entry_that_is_not_as_it_has_to_be_is_a_usage_error(
    value: object, message: str, hint: str
) -> None:
    with pytest.raises(UsageError) as raised:
        read("f: accept", value)
    assert raised.value.message == message
    assert hint in raised.value.hint


@pytest.mark.parametrize(
    "text", ["2027-02-30", "20270331", "2027-W13-3", "", 20270331, datetime(2027, 3, 31)]
)
def test_a_last_day_is_a_day_and_nothing_near_it(text: object) -> None:
    with pytest.raises(UsageError, match="until is"):
        day("until", text)
