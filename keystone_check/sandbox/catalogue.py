"""Every world that the sandbox can be asked for by name: the healthy one, and what is made of it."""

from collections.abc import Callable

from keystone_check.model.world import World
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.scenarios import SCENARIOS
from keystone_check.sandbox.worlds import healthy

_MADE: dict[str, tuple[str, Callable[[World], World]]] = {
    **{fault.id: (f"with the fault {fault.id}: {fault.title}", fault.apply) for fault in FAULTS.values()},
    **{
        told.id: (f"as in an incident on {told.where}: {told.title}", told.apply)
        for told in SCENARIOS.values()
    },
}

NAMES = tuple(_MADE)


def title(name: str) -> str:
    """What the world of this name is, to follow `a sandbox`; the empty name is the healthy world."""
    return _MADE[name][0] if name else "in which every link holds"


def stage(name: str, now: int) -> tuple[Ground, World]:
    """The world of this name, and the ground that it is to be served on."""
    ground = Ground.make()
    world = healthy(ground, now)
    return ground, _MADE[name][1](world) if name else world
