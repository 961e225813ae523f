"""What a look asks AWS grows with the roles and with nothing else."""

from dataclasses import replace

import pytest

from keystone_check.probes.gather import gather
from keystone_check.sandbox.crowd import crowded
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.pace import Pace
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW


def asked(accounts: int, roles: int, *, live: bool = False) -> int:
    """Requests that a look at a cluster of this size makes to AWS."""
    ground, pace = Ground.make(), Pace()
    world = crowded(healthy(ground, NOW), accounts, roles)
    with serve(world, ground, clock=lambda: NOW, pace=pace) as serving:
        gather(replace(serving.access, live=live, cloudtrail=live), clock=lambda: NOW)
    return pace.answered["AWS"]


@pytest.fixture(scope="module")
def usual() -> int:
    return asked(2, 2)


def test_a_further_role_costs_one_request(usual: int) -> None:
    assert asked(5, 5) - usual == 3


def test_a_second_binding_of_a_role_costs_none(usual: int) -> None:
    assert asked(6, 2) - usual == 0


def test_asking_sts_itself_costs_one_more_for_each_binding() -> None:
    assert asked(4, 4, live=True) - asked(2, 2, live=True) == 2 * 2
