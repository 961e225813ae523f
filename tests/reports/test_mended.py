"""What a repair did, shown."""

import pytest

from keystone_check.diagnosis import diagnose
from keystone_check.errors import ApplyError
from keystone_check.model.finding import Safety
from keystone_check.remedy.mend import Failure, Mended
from keystone_check.remedy.plan import HeldBack, Step
from keystone_check.remedy.refuse import Refused
from keystone_check.reports.mended import Repaired, State, render, steps
from keystone_check.reports.report import Report
from keystone_check.reports.screen import Screen
from tests.cli.build import AUDIENCE, audience_check, world
from tests.reports import build

BEFORE = Report("prod", diagnose(world(), [audience_check()]))
AFTER = Report("prod", diagnose(world((AUDIENCE,)), [audience_check()]))
STEP = Step(build.repair().changes[0], build.repair(), ("audience_is_registered",))
FAILURE = Failure(STEP, ApplyError("refused by AWS", "ask"))
REFUSED = Refused(STEP, (build.outcome(build.defect(), "role_exists"),))
MANUAL = build.repair(Safety.MANUAL, ("a = 1;\nb = 2;",))


def repaired(rehearsed: bool = False, **what: tuple[object, ...]) -> Repaired:
    mended = Mended(BEFORE.diagnosis, AFTER.diagnosis, **what)  # type: ignore[arg-type]  # by name, as given
    return Repaired(BEFORE, AFTER, mended, rehearsed)


ALL = repaired(applied=(STEP,), declined=(STEP,), refused=(REFUSED,), failures=(FAILURE,), skipped=(STEP,))


def test_every_step_is_told_with_what_became_of_it() -> None:
    assert [state for state, _, _ in steps(ALL)] == [
        State.WRITTEN,
        State.FAILED,
        State.SKIPPED,
        State.REFUSED,
        State.DECLINED,
    ]


@pytest.mark.parametrize("format", ["text", "short", "json"])
@pytest.mark.parametrize("words", ["refused by AWS", "it would break what holds: role_exists"])
def test_what_stood_against_a_step_is_told_in_every_format(format: str, words: str) -> None:
    assert words in render(ALL, format, Screen(200))


@pytest.mark.parametrize("format", ["text", "short", "json", "markdown"])
def test_pods_that_have_to_be_restarted_are_told_with_the_lines_that_do_it(format: str) -> None:
    outdated = build.outcome(build.defect(build.repair(Safety.MANUAL, ("kubectl rollout restart",))))
    told = repaired(applied=(STEP,), restart=(outdated,))
    assert "kubectl rollout restart" in render(told, format, Screen(200))
    assert "next: kubectl rollout restart\n" in render(told, "text", Screen(200))


def test_the_truth_is_the_first_look_of_a_rehearsal_and_the_last_of_a_repair() -> None:
    assert repaired(rehearsed=True).now.exit_code == 1
    assert repaired().now.exit_code == 0


@pytest.mark.parametrize("format", ["text", "short", "json"])
def test_what_is_held_back_names_what_releases_it(format: str) -> None:
    held = HeldBack(BEFORE.diagnosis.outcomes[0], build.repair(Safety.UNSAFE), "--fix=unsafe")
    assert "--fix=unsafe" in render(repaired(held_back=(held,)), format, Screen(80))


@pytest.mark.parametrize("rehearsed", [True, False])
def test_nothing_done_is_told_with_its_reason(rehearsed: bool) -> None:
    held = HeldBack(BEFORE.diagnosis.outcomes[0], MANUAL, "a = 1;")
    unknown = Repaired(BEFORE, BEFORE, Mended(BEFORE.diagnosis, BEFORE.diagnosis), rehearsed)
    fine = Repaired(AFTER, AFTER, Mended(AFTER.diagnosis, AFTER.diagnosis), rehearsed)
    for told, reason in (
        (repaired(rehearsed, held_back=(held,)), ": the repairs that there are, are held back.\n"),
        (unknown, ": no repair is known from here for audience_is_registered.\n"),
        (fine, ": nothing is broken.\n"),
    ):
        assert reason in render(told, "text", Screen(80))


def test_another_format_is_an_error() -> None:
    with pytest.raises(ValueError, match="no format 'xml'"):
        render(ALL, "xml", Screen(80))
