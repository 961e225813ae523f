"""gather(serve(world)) == world: the sandbox and the probes are each other's test.

For faults that are mended from here, `tests/remedy/test_every_fault.py` asserts it before it mends them.
"""

import pytest

from keystone_check.probes.gather import gather
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import healthy
from tests.remedy.test_every_fault import plannable
from tests.worlds import NOW


@pytest.mark.parametrize("fault", [None, *(name for name in FAULTS if name not in plannable())])
def test_what_is_gathered_is_what_is_served(fault: str | None) -> None:
    ground = Ground.make()
    world = healthy(ground, NOW)
    if fault is not None:
        world = FAULTS[fault].apply(world)
    with serve(world, ground, clock=lambda: NOW) as serving:
        assert gather(serving.access, clock=lambda: NOW) == serving.world
