"""What fails, severity by severity; the exit code one by one."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from keystone_check import plugin
from keystone_check.cli import gating
from keystone_check.gate import FAIL_ON, Gate, verdict
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.finding import Safety, Severity, Status
from keystone_check.model.outcome import Diagnosis, Outcome
from tests.reports import build

ENTRY = Acceptance("audience_is_registered", "known", "2027-01-31")


def defect(severity: Severity = Severity.HIGH, safety: Safety | None = None) -> Outcome:
    made = build.outcome(build.defect(build.repair(safety, ("do it",)) if safety else None))
    return replace(made, check=replace(made.check, severity=severity))


def code(gate: Gate, *outcomes: Outcome) -> int:
    return gate.exit_code(Diagnosis(build.world(), outcomes))


def found(statuses: Iterable[Status]) -> tuple[Outcome, ...]:
    return tuple(build.outcome(build.FINDINGS[status]) for status in statuses)


def test_command_and_plugin_offer_what_the_gate_knows() -> None:
    assert gating.FAIL_ON == FAIL_ON == plugin.FAIL_ON


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("least", Severity)
def test_what_is_as_grave_as_asked_or_graver_fails(severity: Severity, least: Severity) -> None:
    order = list(Severity)
    fails = order.index(severity) <= order.index(least)
    assert code(Gate(least.value), defect(severity)) == int(fails)
    assert Gate(least.value).forgives(defect(severity)) is not fails


@pytest.mark.parametrize(
    ("safety", "expected"), [(Safety.SAFE, 1), (Safety.UNSAFE, 1), (Safety.MANUAL, 0), (None, 0)]
)
def test_fixable_is_what_fix_could_mend_from_here(safety: Safety | None, expected: int) -> None:
    assert code(Gate("fixable"), defect(safety=safety)) == expected


@pytest.mark.parametrize("gate", [Gate(), Gate("critical"), Gate("fixable"), Gate(exit_zero=True)], ids=str)
@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ((), 0),
        ((Status.HOLDS, Status.NOT_APPLICABLE), 0),
        ((Status.HOLDS, Status.BLOCKED), 3),
        ((Status.BLOCKED, Status.CRASHED, Status.HOLDS), 4),
    ],
)
def test_what_was_not_seen_and_bugs_fail_whatever_the_gate(
    gate: Gate, statuses: tuple[Status, ...], expected: int
) -> None:
    assert code(gate, *found(statuses)) == expected


@pytest.mark.parametrize(
    ("more", "expected"), [((), 1), ((Status.BLOCKED,), 1), ((Status.BLOCKED, Status.CRASHED), 4)]
)
def test_a_bug_outweighs_what_is_broken_and_that_what_was_not_seen(
    more: tuple[Status, ...], expected: int
) -> None:
    assert code(Gate(), defect(), *found(more)) == expected


@pytest.mark.parametrize("forgiving", [Gate(exit_zero=True), Gate("critical"), Gate("fixable")], ids=str)
@pytest.mark.parametrize(("more", "expected"), [((), 0), ((Status.BLOCKED,), 3), ((Status.CRASHED,), 4)])
def test_what_is_forgiven_leaves_the_rest_as_it_is(
    forgiving: Gate, more: tuple[Status, ...], expected: int
) -> None:
    assert code(forgiving, defect(Severity.LOW), *found(more)) == expected


def test_an_accepted_finding_does_not_fail_and_a_lapsed_one_does() -> None:
    assert code(Gate(), replace(defect(), acceptance=ENTRY)) == 0
    assert code(Gate(), replace(defect(), acceptance=ENTRY, lapsed=True)) == 1


def test_the_verdict_is_what_is_so_whatever_the_gate_forgives() -> None:
    assert verdict(Diagnosis(build.world(), (defect(Severity.LOW),))).word == "broken"
    assert verdict(Diagnosis(build.world(), (replace(defect(), acceptance=ENTRY),))).word == "holds"
