"""Every world that the sandbox can be asked for by name: the healthy one, and what is made of it."""

from collections.abc import Callable
from functools import partial

from keystone_check.model.world import World
from keystone_check.sandbox.declaring import declared
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.operators import MINORS, with_ack, with_karpenter
from keystone_check.sandbox.scenarios import SCENARIOS
from keystone_check.sandbox.variants import VARIANTS
from keystone_check.sandbox.variants.variant import Variant
from keystone_check.sandbox.worlds import healthy


def _controlled(services: tuple[str, ...], world: World) -> World:
    return with_ack(world, *services)


def _both(world: World) -> World:
    return with_ack(with_karpenter(world), "s3")


_KARPENTER, _ACK = "with a Karpenter {} that lacks nothing", "with ACK's controllers {} that lack nothing"
OPERATED: dict[str, tuple[str, Callable[[World], World]]] = {
    "karpenter": (_KARPENTER.format(MINORS[-1]), with_karpenter),
    **{
        f"karpenter-{minor}": (_KARPENTER.format(minor), partial(with_karpenter, minor=minor))
        for minor in MINORS
    },
    "ack": (_ACK.format("s3"), partial(_controlled, ("s3",))),
    "ack-s3+ec2": (_ACK.format("s3 and ec2"), partial(_controlled, ("s3", "ec2"))),
    "karpenter+ack": (f"{_KARPENTER.format(MINORS[-1])}, and ACK's controller s3", _both),
    "declared": ("whose Karpenter and ACK are declared by Nix, host and manifests as they run", declared),
}
"""Healthy installs of Karpenter and ACK controllers."""
_MADE: dict[str, tuple[str, Variant | Callable[[World], World]]] = {
    **{fault.id: (f"with the fault {fault.id}: {fault.title}", fault.apply) for fault in FAULTS.values()},
    **{
        told.id: (f"as in an incident on {told.where}: {told.title}", told.apply)
        for told in SCENARIOS.values()
    },
    **{built.id: (f"in which every link holds: {built.title}", built) for built in VARIANTS.values()},
    **OPERATED,
}

NAMES = tuple(_MADE)


def title(name: str) -> str:
    """What the world of this name is, to follow `a sandbox`; the empty name is the healthy world."""
    return _MADE[name][0] if name else "in which every link holds"


def stage(name: str, now: int) -> tuple[Ground, World]:
    """The world of this name, and the ground that it is to be served on."""
    made = _MADE[name][1] if name else None
    if isinstance(made, Variant):
        ground = made.ground()
        return ground, made.world(ground, now)
    ground = Ground.make()
    world = healthy(ground, now)
    return ground, made(world) if made else world
