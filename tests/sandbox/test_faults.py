"""Every fault breaks exactly what it names: the matrix of checks and faults, on the bare facts."""

import pytest

from keystone_check import checks
from keystone_check.diagnosis import diagnose
from keystone_check.model.finding import Status
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.faults.fault import Fault
from tests.sandbox.worlds import healthy_world, world_with

ALL = checks.load()


def test_every_check_holds_in_the_healthy_world() -> None:
    diagnosis = diagnose(healthy_world(), ALL)
    assert {
        outcome.check.id: outcome.finding.message
        for outcome in diagnosis.outcomes
        if outcome.status is not Status.HOLDS
    } == {}
    assert {outcome.check.id for outcome in diagnosis.outcomes} == {check.id for check in ALL}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_breaks_exactly_the_checks_that_it_names(fault: Fault) -> None:
    diagnosis = diagnose(world_with(fault.id), ALL)
    found = {
        status: {outcome.check.id for outcome in diagnosis.having(status)}
        for status in (Status.BROKEN, Status.BLOCKED, Status.CRASHED)
    }
    assert found == {Status.BROKEN: fault.breaks, Status.BLOCKED: fault.blocks, Status.CRASHED: set()}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_has_a_title_to_read(fault: Fault) -> None:
    assert fault.title[0].isupper()
