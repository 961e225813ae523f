"""One look after another, on a clock that only sleeping moves."""

import pytest

from keystone_check.cli.rounds import Rounds, final, rounds
from keystone_check.model.finding import Status
from keystone_check.reports.report import Report
from tests.cli.build import AUDIENCE, Outside, audience_check, command, finding, world
from tests.reports import build

GOOD, BAD = build.report(build.FINDINGS[Status.HOLDS]), build.report(build.defect())
SLOW = build.report(build.unseen("https://10.0.0.5:6443: no answer within 2 s", ""))
REFUSED, CRASHED = build.report(build.unseen()), build.report(build.crash())


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def run(plan: Rounds, *reports: Report) -> tuple[Report, int, float, list[str]]:
    """The last report, how many rounds it took, how long, and what was told. The last one comes for ever."""
    left, clock = list(reports), Clock()
    told: list[str] = []
    made: list[int] = []

    def look() -> Report:
        made.append(1)
        return left.pop(0) if len(left) > 1 else left[0]

    last = rounds(look, plan, clock.now, clock.sleep, told.append)
    return last, len(made), clock.seconds, told


def test_as_many_good_rounds_in_a_row_as_asked_are_made() -> None:
    last, made, seconds, told = run(Rounds(3, 5), GOOD)
    assert (last, made, seconds) == (GOOD, 3, 10)
    assert told == [
        "round 1: good, 1 of 3 in a row; looking again in 5 s",
        "round 2: good, 2 of 3 in a row; looking again in 5 s",
        "round 3: good, 3 of 3 in a row; enough",
    ]


def test_without_waiting_the_first_bad_round_ends_it() -> None:
    last, made, _, told = run(Rounds(3, 5), GOOD, BAD, GOOD)
    assert (last, made) == (BAD, 2)
    assert told[-1].startswith("round 2: broken at provider: ")
    assert told[-1].endswith("; not waited for")


@pytest.mark.parametrize("bad", [BAD, SLOW])
def test_waiting_ends_with_the_first_good_round(bad: Report) -> None:
    last, made, seconds, _ = run(Rounds(1, 5, 60), bad, bad, GOOD)
    assert (last, made, seconds) == (GOOD, 3, 10)


def test_a_bad_round_begins_the_row_anew() -> None:
    last, made, _, _ = run(Rounds(2, 5, 60), GOOD, BAD, GOOD, GOOD)
    assert (last, made) == (GOOD, 4)


def test_patience_ends_with_one_last_look_and_its_report() -> None:
    last, made, seconds, told = run(Rounds(1, 5, 12), BAD)
    assert (last, made, seconds) == (BAD, 4, 12)
    assert told[-1].endswith("waited 12 s")


def test_a_row_that_has_begun_in_time_may_end_after_it() -> None:
    last, _, seconds, _ = run(Rounds(3, 5, 7), BAD, GOOD)
    assert (last, seconds) == (GOOD, 15)


@pytest.mark.parametrize(
    ("report", "why"),
    [(REFUSED, "it needs iam:GetRole"), (CRASHED, "the check audience_is_registered failed")],
)
def test_what_no_waiting_changes_is_not_waited_for(report: Report, why: str) -> None:
    last, made, seconds, told = run(Rounds(1, 5, 60), report)
    assert (last, made, seconds) == (report, 1, 0)
    assert f"waiting cannot help: {why}" in told[0]


@pytest.mark.parametrize("report", [GOOD, BAD, SLOW])
def test_what_may_pass_is_not_final(report: Report) -> None:
    assert final(report) == ""


def test_exit_zero_makes_no_bad_round_good() -> None:
    _, made, _, _ = run(Rounds(1, 5, 60), build.report(build.defect(), exit_zero=True), GOOD)
    assert made == 2


def test_the_command_waits_until_what_was_changed_is_seen() -> None:
    outside = Outside([audience_check()], world(), later=[world(), world((AUDIENCE,))])
    ran = command(outside, "--wait", "60", "--every", "2", "--format", "short")
    assert (ran.code, outside.seconds) == (0, 4)
    assert ran.err.splitlines()[-1] == "round 3: good; enough"
    assert "1 hold" in ran.out


def test_the_command_gives_the_exit_code_of_the_last_round() -> None:
    assert command(finding(build.defect()), "--wait", "9").code == 1
    assert command(finding(build.defect()), "--wait", "9", "--exit-zero").code == 0
    assert command(finding(build.unseen()), "--wait").code == 3
    assert command(finding(build.FINDINGS[Status.HOLDS]), "--count", "3").code == 0


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        (("--count", "0"), "--help"),
        (("--count", "many"), "--help"),
        (("--wait", "0"), "--help"),
        (("--every", "2"), "add --count or --wait"),
        (("--count", "2", "--fix"), "mend first"),
        (("--wait", "--list"), "leave --wait out"),
        (("--count", "2", "--explain", "audience_is_registered"), "leave --count out"),
        (("--fail-on", "severe"), "--help"),
        (("--accept-all", "f", "--until", "2027-03-31"), "a reason and a last day"),
        (("--accept-all", "f", "--reason", "r"), "a reason and a last day"),
        (("--accept-all", "f", "--reason", " ", "--until", "2027-03-31"), "a reason and a last day"),
        (("--until", "2027-03-31"), "leave --until out"),
        (("--accept-all", "f", "--reason", "r", "--until", "2027-03-31", "--wait"), "accept first"),
        (("--accept-all", "f", "--reason", "r", "--until", "2027-03-31", "--fix"), "mend first"),
    ],
)
def test_options_that_contradict_one_another_are_a_usage_error(argv: tuple[str, ...], hint: str) -> None:
    ran = command(finding(build.FINDINGS[Status.HOLDS]), *argv)
    assert (ran.code, ran.out) == (2, "")
    assert hint in ran.err
