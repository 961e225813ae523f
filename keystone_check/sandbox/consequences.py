"""What follows in a world where operators run: facts that others decide are as a look would find them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from keystone_check.model.aws import Caller, Role
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.operators import (
    KARPENTER,
    AckKind,
    Condition,
    Crd,
    Denial,
    Operator,
)
from keystone_check.model.permissions import Permissions
from keystone_check.model.world import World
from keystone_check.operators.denied import denied, first, of_conditions
from keystone_check.probes import nobody
from keystone_check.probes.logs import reported
from keystone_check.sandbox.launched import by_name, launched

_PLURALS = {
    "node_classes": "ec2nodeclasses.karpenter.k8s.aws",
    "node_pools": "nodepools.karpenter.sh",
    "node_claims": "nodeclaims.karpenter.sh",
}
FULL_ACCESS = (
    "p-FullAWSAccess",
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}',
)
"""What Organizations attaches everywhere at first."""


def operated(world: World) -> World:
    """The world with what follows from its operators and their objects; one without operators as it is."""
    if not isinstance(world.operators, Subjects) or not world.operators.entries:
        return world
    if not isinstance(world.caller, Caller):
        return world
    runs = any(operator.product == KARPENTER for _, operator in world.operators.seen())
    who, world = world.caller, _bounded(_reconciled(_defined(world)))
    world = launched(world, who) if runs else world
    return replace(world, denials=_denials(world))


def _defined(world: World) -> World:
    """1. What is not defined is not listed, and has no objects."""
    if not isinstance(world.crds, Subjects):
        return world
    crds = {name: crd for name, crd in world.crds if not isinstance(crd, Absent)}
    found: dict[str, Any] = {"crds": by_name(crds)}
    for fact, plural in _PLURALS.items():
        crd, held = crds.get(plural), getattr(world, fact)
        served = isinstance(crd, Crd) and "v1" in crd.served
        if isinstance(held, Subjects):
            found[fact] = _sorted_conditions(held) if served else nobody.no_kind(fact, plural)
    return replace(world, **found)


def _sorted_conditions(held: Subjects[Any]) -> Subjects[Any]:
    def ordered(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
        return tuple(sorted(conditions, key=lambda condition: condition.type))

    return by_name({name: replace(it, conditions=ordered(it.conditions)) for name, it in held.seen()})


def _reconciled(world: World) -> World:
    """2. Kinds of ACK are those that are defined; as many resources as accounts that own some."""
    if not isinstance(world.ack_kinds, Subjects) or not isinstance(world.crds, Subjects):
        return world
    defined = dict(world.crds.seen())
    kinds = {name: _counted(kind) for name, kind in world.ack_kinds if name in defined}
    return replace(world, ack_kinds=by_name(kinds))


def _counted(kind: AckKind | Absent | Missing) -> AckKind | Absent | Missing:
    if not isinstance(kind, AckKind):
        return kind
    least = max(kind.count, len(kind.owners), len({name for name, _ in kind.stuck}))
    owners, roles = tuple(sorted(kind.owners)), tuple(sorted(kind.roles))
    return replace(kind, count=least, owners=owners, roles=roles, stuck=tuple(sorted(kind.stuck, key=_stuck)))


def _stuck(entry: tuple[str, Condition]) -> tuple[str, str]:
    return entry[0], entry[1].type


def _bounded(world: World) -> World:
    """3. A boundary has an ARN, and an organization a root above each of its accounts."""
    if not isinstance(world.permissions, Subjects) or not isinstance(world.roles, Subjects):
        return world
    roles, found = dict(world.roles), dict[str, Permissions | Absent | Missing]()
    for arn, held in world.permissions:
        role = roles.get(arn)
        if isinstance(held, Permissions):
            if isinstance(role, Role) and isinstance(held.boundary, str) and not role.boundary:
                roles[arn] = replace(role, boundary=f"{arn.partition(':role/')[0]}:policy/boundary")
            held = replace(held, controls=_from_the_root(held.controls))
        found[arn] = held
    return replace(world, roles=Subjects(tuple(roles.items())), permissions=by_name(found))


def _from_the_root(
    controls: tuple[Subjects[str], ...] | Absent | Missing,
) -> tuple[Subjects[str], ...] | Absent | Missing:
    if isinstance(controls, tuple) and len(controls) == 1:
        return (Subjects((FULL_ACCESS,)), *controls)
    return controls


def _denials(world: World) -> Subjects[tuple[Denial, ...]] | Missing:
    """4. What logs tell, as it is read, and what the conditions do beside it."""
    if not isinstance(world.denials, Subjects) or not isinstance(world.operators, Subjects):
        return world.denials
    found = []
    for name, told in world.denials:
        operator = world.operators[name]
        if isinstance(told, tuple) and isinstance(operator, Operator):
            conditions = reported(operator, world.node_classes, world.node_claims, world.ack_kinds)
            derived = tuple(of_conditions(conditions))
            read = (denied(it.text) or it for it in told)
            told = first((*(it for it in read if it not in derived), *derived))
        found.append((name, told))
    return Subjects(tuple(found))
