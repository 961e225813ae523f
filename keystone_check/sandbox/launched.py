"""What follows from Karpenter's objects in a world: which of the things that they name are facts."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.launching import InstanceProfile, NodeRole, Queue
from keystone_check.model.operators import KARPENTER, NodeClass
from keystone_check.model.world import World
from keystone_check.probes import launching, nobody


def launched(world: World, caller: Caller) -> World:
    """The world in which AWS has, or has not, what node classes and pools name, and nothing else is told."""
    if isinstance(world.node_classes, Missing) or isinstance(world.node_pools, Missing):
        return world
    classes = world.node_classes if isinstance(world.node_classes, Subjects) else Subjects()
    names = launching.profiles_named(classes)
    profiles = _with_roles(_named(world.instance_profiles, names, nobody.PROFILE, caller), world.node_roles)
    inside = profiles if isinstance(profiles, Subjects) else Subjects()
    queues: Subjects[Queue] = world.queues if isinstance(world.queues, Subjects) else Subjects()
    roles, keys = launching.roles_named(classes, inside), launching.keys_named(classes, queues)
    return replace(
        world,
        instance_profiles=profiles,
        node_roles=_named(world.node_roles, roles, nobody.ROLE, caller),
        queues=_named(world.queues, _queues(world), nobody.QUEUE, caller),
        keys=_named(world.keys, keys, nobody.KEY, caller),
        selections=_selections(world, classes),
        **_of_pools(world, caller),
    )


def _of_pools(world: World, caller: Caller) -> dict[str, Any]:
    pools = world.node_pools if isinstance(world.node_pools, Subjects) else Subjects()
    names = launching.types_named(pools)
    types = _of(world.instance_types, names, lambda name: nobody.no_type(name, caller.region))
    spot = world.spot_role if launching.asks_for_spot(pools) else Absent("spot_role", nobody.NO_SPOT)
    return {"instance_types": types, "spot_role": spot}


def _queues(world: World) -> list[str]:
    assert isinstance(world.operators, Subjects)
    return [
        operator.settings.get("INTERRUPTION_QUEUE", "")
        for _, operator in world.operators.seen()
        if operator.product == KARPENTER
    ]


def _named(held: Any, names: Iterable[str], what: str, caller: Caller) -> Any:
    return _of(held, names, lambda name: nobody.no_such(what, name, caller.account))


def _of(held: Any, names: Iterable[str], absent: Callable[[str], Absent]) -> Any:
    """Of these names what is held, by name; of one that is not, that it is absent."""
    if not isinstance(held, Subjects):
        return held
    known = {name: value for name, value in held if not isinstance(value, Absent)}
    return by_name({name: known.get(name) or absent(name) for name in names if name})


def _with_roles(
    profiles: Subjects[InstanceProfile] | Missing, node_roles: Subjects[NodeRole] | Missing
) -> Subjects[InstanceProfile] | Missing:
    """A profile holds a role under the ARN that the role has."""
    if isinstance(profiles, Missing) or isinstance(node_roles, Missing):
        return profiles
    arns = {role.arn.rpartition("/")[2]: role.arn for _, role in node_roles.seen()}
    gone = {name.rpartition("/")[2] for name, role in node_roles if isinstance(role, Absent)}
    found: dict[str, Any] = {}
    for name, profile in profiles:
        if isinstance(profile, InstanceProfile):
            bare = [(arn.rpartition("/")[2], arn) for arn in profile.roles]
            profile = replace(
                profile, roles=tuple(arns.get(role, arn) for role, arn in bare if role not in gone)
            )
        found[name] = profile
    return by_name(found)


def _selections(world: World, classes: Subjects[NodeClass]) -> Any:
    if not isinstance(world.selections, Subjects):
        return world.selections
    known, found = dict(world.selections), dict[str, Any]()
    for name, one in classes.seen():
        selection = known.get(name)
        if selection is not None and not isinstance(selection, Absent | Missing):
            searched = one.images or one.image_terms
            found[name] = selection if searched else replace(selection, images=nobody.unsearched(name))
    return by_name(found)


def by_name(found: dict[str, Any]) -> Subjects[Any]:
    """These facts in the order of their names, as they are read."""
    return Subjects(tuple(sorted(found.items(), key=lambda entry: entry[0])))
