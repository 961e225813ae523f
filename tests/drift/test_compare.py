"""Whatever breaks the sandbox is drift that somebody can name, and what has not changed is none."""

from dataclasses import replace

import pytest

from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.drift.compare import Drift, compare
from keystone_check.gate import Gate
from keystone_check.model.finding import Severity, Status
from keystone_check.sandbox.catalogue import stage
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.faults.fault import ground_world
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW

GROUND, HEALTHY = stage("", NOW)
CHECKS = load()


@pytest.fixture(scope="module")
def drifts() -> dict[str, Drift]:
    """Each fault against what it stands on: of grounds there are few, and each is judged once."""
    grounds = {fault.on: fault for fault in FAULTS.values()}
    was = {on: diagnose(ground_world(fault, HEALTHY), CHECKS) for on, fault in grounds.items()}
    return {
        name: compare(was[fault.on], diagnose(fault.apply(HEALTHY), CHECKS)) for name, fault in FAULTS.items()
    }


def test_every_fault_is_named_by_what_changed(drifts: dict[str, Drift]) -> None:
    assert [name for name, drift in drifts.items() if not drift.changes] == []


def test_the_findings_that_opened_are_the_faults_own(drifts: dict[str, Drift]) -> None:
    opened = {name: {one.check.id for one in drift.opened} for name, drift in drifts.items()}
    assert opened == {name: set(fault.breaks) for name, fault in FAULTS.items()}


def test_the_way_back_closes_what_the_way_there_opened(drifts: dict[str, Drift]) -> None:
    for drift in drifts.values():
        back = compare(drift.now, drift.was)
        assert (back.opened, back.closed) == ((), drift.opened)
        assert back.exit_code(Gate().fails) in (0, 3)


def test_what_got_worse_decides_the_exit_code(drifts: dict[str, Drift]) -> None:
    for name, drift in drifts.items():
        assert drift.exit_code(Gate().fails) == (1 if FAULTS[name].breaks else 3), name
        assert drift.exit_code(Gate(exit_zero=True).fails) == (3 if drift.unseen else 0)


def test_a_finding_below_the_gate_makes_nothing_worse(drifts: dict[str, Drift]) -> None:
    low = next(
        drift
        for drift in drifts.values()
        if {one.check.severity for one in drift.opened} == {Severity.LOW} and not drift.unseen
    )
    assert low.exit_code(Gate(fail_on="high").fails) == 0


@pytest.mark.parametrize("name", ["", "karpenter+ack", *list(FAULTS)[::40]])
def test_a_world_beside_itself_has_not_changed(name: str) -> None:
    world = diagnose(stage(name, NOW)[1], CHECKS)
    assert compare(world, world).nothing


def test_time_that_passes_is_no_change() -> None:
    later = healthy(GROUND, NOW + 86400)
    drift = compare(diagnose(HEALTHY, CHECKS), diagnose(replace(later, providers=HEALTHY.providers), CHECKS))
    assert {change.place.path[0] for change in drift.changes} <= {"chains", "pods", "webhooks"}


def test_what_was_broken_already_did_not_get_worse() -> None:
    broken = diagnose(FAULTS["cluster-is-behind"].apply(HEALTHY), CHECKS)
    assert broken.having(Status.BROKEN)
    assert compare(broken, broken).exit_code(Gate().fails) == 0


def test_no_sentence_shows_how_a_value_is_held(drifts: dict[str, Drift]) -> None:
    held = ("Absent(", "Missing(", "Response(", "Subjects(", "<object", "Event(", "Role(")
    said = [change.said for drift in drifts.values() for change in drift.changes]
    assert len(said) > 1000
    assert [line for line in said if any(word in line for word in held) or len(line) > 3000] == []
