"""The least policies of the operators that run, and how they differ from what their roles have."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from keystone_check.checks import karpenting, reconciling
from keystone_check.checks.granting import Asker
from keystone_check.checks.overgranting import named
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.permissions import Permissions
from keystone_check.model.world import World
from keystone_check.operators.ack import running as ack
from keystone_check.operators.ack.requirement import Reconciled
from keystone_check.operators.karpenter import running as karpenter
from keystone_check.operators.version import Version

T = TypeVar("T")
NEEDS = frozenset(
    {
        *("operators", "node_classes", "node_pools", "node_roles", "instance_profiles", "keys", "nodes"),
        *("ack_kinds", "role_map", "permissions", "cluster", "caller"),
    }
)
_NOTHING = Permissions(Missing("", "nobody read its policies"), Missing("", "nobody read its policies"))


@dataclass(frozen=True, slots=True)
class Kinds:
    """Kinds of one ACK controller that are to be used, whether or not there are resources of them."""

    service: str
    names: tuple[str, ...]


def askers(world: World, wanted: Version | Kinds | None = None) -> Iterator[Asker]:
    """Every operator whose role and region are known.

    `wanted` is the release to judge Karpenter as, or the kinds to judge one controller of ACK by.
    """
    release = wanted if isinstance(wanted, Version) else None
    if not isinstance(world.operators, Subjects):
        return
    for one in karpenter.running(world.operators):
        installed = karpenter.installation(one, _around(world), release)
        if installed:
            found = karpenting.asker(one, installed, _held(world, one.operator.role_arn))
            yield replace(found, doubt="") if release else found
    for other in ack.running(world.operators):
        role_map = world.role_map if isinstance(world.role_map, Subjects) else Absent("role_map", "")
        reconciled = ack.controller(other, _subjects(world.ack_kinds), role_map, world.caller)
        if reconciled and isinstance(wanted, Kinds) and other.service == wanted.service:
            reconciled = replace(reconciled, kinds=tuple(Reconciled(it) for it in wanted.names))
        if reconciled:
            yield reconciling.asker(other, reconciled, _held(world, other.operator.role_arn))


def missing(asker: Asker) -> tuple[str, ...]:
    """The actions that the role's policies do not grant."""
    hard = asker.asking(lambda need: need.hard or asker.policy == "karpenter")
    return tuple(dict.fromkeys(one.need.action for one in hard.weighed().missing))


def excess(asker: Asker) -> tuple[str, ...]:
    """The actions that the role's policies name, and nothing here asks for."""
    asked = {need.action for need in asker.needs}
    wanted = {action for it in asker.least() for statement in it.statements for action in statement["Action"]}
    return tuple(sorted(set(named(asker.permissions)) - asked - wanted))


def _around(world: World) -> karpenter.Around:
    classes, pools = world.node_classes, world.node_pools
    return karpenter.Around(
        node_classes=classes if isinstance(classes, Subjects) else Absent("node_classes", ""),
        node_pools=pools if isinstance(pools, Subjects) else Absent("node_pools", ""),
        node_roles=_subjects(world.node_roles),
        instance_profiles=_subjects(world.instance_profiles),
        keys=_subjects(world.keys),
        nodes=_subjects(world.nodes),
        caller=world.caller,
        eks=isinstance(world.cluster, Cluster) and not karpenting.self_hosted(world.cluster),
    )


def _subjects(fact: Subjects[T] | Missing) -> Subjects[T]:
    return fact if isinstance(fact, Subjects) else Subjects()


def _held(world: World, role_arn: str) -> Permissions:
    held = _subjects(world.permissions)[role_arn]
    return held if isinstance(held, Permissions) else _NOTHING
