"""What IAM's simulator says in a world, and what of it no policy that can be read explains."""

import json
from collections.abc import Iterator
from dataclasses import replace

from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.opinion import SCP, Opinion, Opinions
from keystone_check.model.permissions import Permissions
from keystone_check.model.world import World
from keystone_check.operators.asking import Inquiry, inquiries, surroundings
from keystone_check.operators.simulated import Simulator, key_of
from keystone_check.probes.opinions import in_order, unbound

_NOTHING: Subjects[str] = Subjects()


def asking(world: World) -> tuple[Inquiry, ...] | Missing:
    """Every operator with what it asks, or the first fact for want of which nobody can be asked about."""
    for fact in (world.operators, world.permissions, world.caller):
        if isinstance(fact, Missing):
            return fact
    assert isinstance(world.operators, Subjects)
    around = surroundings(world)
    return tuple(inquiries(world.operators, around, world.ack_kinds, world.role_map, world.caller))


def opined(world: World) -> World:
    """The world with the simulator's answers; a refusal by an organization that nothing explains stays."""
    if not isinstance(world.opinions, Subjects):
        return world
    asked = asking(world)
    if isinstance(asked, Missing):
        return replace(world, opinions=asked)
    assert isinstance(world.permissions, Subjects)
    unseen = controls_unseen(world)
    found = ((one.name, _of(one, world.permissions[one.role_arn], unseen)) for one in asked)
    return replace(world, opinions=Subjects(tuple(found)))


def _of(
    one: Inquiry, held: Permissions | Absent | Missing, unseen: tuple[str, ...]
) -> Opinions | Absent | Missing:
    if one.gap:
        return one.gap
    if not one.role_arn:
        return unbound(one.name)
    if not isinstance(held, Permissions):
        return held
    law = Simulator(as_served(held), unseen)
    given = {key_of(need): law.opinion(need.request) for need in one.needs}
    return Opinions(in_order(given, given))


def as_served(held: Permissions) -> Permissions:
    """What the sandbox has in place of what could not be read: nothing."""
    return replace(
        held,
        inline=_texts(held.inline),
        attached=_texts(held.attached),
        boundary=Absent("", "") if isinstance(held.boundary, Missing) else held.boundary,
        controls=Absent("", "") if isinstance(held.controls, Missing) else held.controls,
    )


def _texts(held: Subjects[str] | Missing) -> Subjects[str]:
    return _NOTHING if isinstance(held, Missing) else Subjects(tuple(held.seen()))


def controls_unseen(world: World) -> tuple[str, ...]:
    """Service control policies that nobody here may read: they refuse what is allowed by all else."""
    actions = tuple(sorted(set(_unexplained(world))))
    if not actions:
        return ()
    deny = {"Effect": "Deny", "Action": list(actions), "Resource": "*"}
    return (json.dumps({"Version": "2012-10-17", "Statement": [deny]}),)


def _unexplained(world: World) -> Iterator[str]:
    if not isinstance(world.opinions, Subjects) or not isinstance(world.permissions, Subjects):
        return
    refused = {
        name: [it for it in said.given if SCP in it.refused_by] for name, said in world.opinions.seen()
    }
    asked = asking(world) if any(refused.values()) else ()
    for one in () if isinstance(asked, Missing) else asked:
        held = world.permissions[one.role_arn]
        if isinstance(held, Permissions) and refused.get(one.name):
            yield from _beyond(Simulator(as_served(held)), one, refused[one.name])


def _beyond(law: Simulator, one: Inquiry, refused: list[Opinion]) -> Iterator[str]:
    actions = {it.action for it in refused}
    for need in one.needs:
        if need.action in actions and SCP not in law.opinion(need.request).refused_by:
            yield need.action
