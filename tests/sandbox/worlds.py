"""One ground for the tests that need no server: keys and certificates take a while to make."""

from functools import cache

from keystone_check.model.world import World
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW


@cache
def ground() -> Ground:
    """Made once a process."""
    return Ground.make()


def healthy_world() -> World:
    """The world in which every link holds."""
    return healthy(ground(), NOW)


def world_with(fault: str | None) -> World:
    """The healthy world, or one with a fault."""
    world = healthy_world()
    return FAULTS[fault].apply(world) if fault else world
