"""Each variant of the healthy world is served as it is, and nothing in it is broken."""

import pytest

from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.model.finding import Status
from keystone_check.probes.gather import gather
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.variants import VARIANTS
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW


@pytest.mark.parametrize("name", VARIANTS)
def test_a_healthy_variant_is_served_and_every_link_of_it_holds(name: str) -> None:
    ground = Ground.make()
    world = VARIANTS[name](healthy(ground, NOW))
    with serve(world, ground, clock=lambda: NOW) as serving:
        found = gather(serving.access, clock=lambda: NOW)
    assert found == serving.world
    statuses = {outcome.status for outcome in diagnose(found, load()).outcomes}
    assert statuses <= {Status.HOLDS, Status.NOT_APPLICABLE}
    assert (Status.NOT_APPLICABLE in statuses) == (name == "cloudfront")
