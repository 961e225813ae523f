"""Every fault breaks exactly what it names: the matrix of checks and faults, on the bare facts."""

import pytest

from keystone_check import checks
from keystone_check.diagnosis import diagnose
from keystone_check.model.finding import Status
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.faults.fault import Fault, as_it_is, ground_world
from keystone_check.sandbox.operators import MINORS, with_ack, with_karpenter
from tests.sandbox.worlds import healthy_world, world_with

ALL = checks.load()
OPERATORS = {"karpenter": with_karpenter, "ack": lambda world: with_ack(world, "s3", "ec2")}


def test_every_check_holds_in_the_healthy_world_or_has_no_operator_or_declaration_to_judge() -> None:
    diagnosis = diagnose(healthy_world(), ALL)
    amiss = {it.check.id for it in diagnosis.outcomes if it.status is not Status.HOLDS}
    assert amiss == {check.id for check in ALL if check.link in {*OPERATORS, "declared"}}
    assert {it.status for it in diagnosis.outcomes} == {Status.HOLDS, Status.NOT_APPLICABLE}
    assert {outcome.check.id for outcome in diagnosis.outcomes} == {check.id for check in ALL}


@pytest.mark.parametrize("link", OPERATORS)
def test_every_check_of_an_operator_holds_where_it_lacks_nothing(link: str) -> None:
    world = OPERATORS[link](healthy_world())
    diagnosis = diagnose(world, [check for check in ALL if check.link == link])
    assert [it for it in diagnosis.outcomes if it.status is not Status.HOLDS] == []


@pytest.mark.parametrize("minor", MINORS)
def test_nothing_is_wrong_with_a_karpenter_of_any_minor(minor: str) -> None:
    diagnosis = diagnose(with_karpenter(healthy_world(), minor), ALL)
    assert {it.status for it in diagnosis.outcomes} <= {Status.HOLDS, Status.NOT_APPLICABLE}


@pytest.mark.parametrize("fault", [it for it in FAULTS.values() if it.on is not as_it_is])
def test_what_a_fault_stands_on_is_well(fault: Fault) -> None:
    diagnosis = diagnose(ground_world(fault, healthy_world()), ALL)
    assert {it.status for it in diagnosis.outcomes} <= {Status.HOLDS, Status.NOT_APPLICABLE}


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
