"""Every operator here, with its role and all that it asks of AWS."""

from collections.abc import Iterator
from dataclasses import dataclass

from keystone_check.model.aws import Caller
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.launching import InstanceProfile, Key, NodeRole
from keystone_check.model.operators import AckKind, Node, NodeClass, NodePool, Operator
from keystone_check.model.world import World
from keystone_check.operators.ack import requirement as of_ack
from keystone_check.operators.ack import running as ack
from keystone_check.operators.karpenter import requirement as of_karpenter
from keystone_check.operators.karpenter import running as karpenter
from keystone_check.operators.karpenter.running import Around, on_eks
from keystone_check.operators.need import Need


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Who asks, as which role, for what."""

    name: str
    """`namespace/deployment`."""
    role_arn: str
    needs: tuple[Need, ...]
    gap: Missing | None = None
    """Why nobody knows what it needs."""


def surroundings(world: World) -> Around | Missing:
    """What stands around the Karpenters of a world, or the first of it that nobody could read."""
    return standing(
        world.node_classes,
        world.node_pools,
        world.node_roles,
        world.instance_profiles,
        world.keys,
        world.nodes,
        world.cluster,
        world.caller,
    )


def standing(
    node_classes: Subjects[NodeClass] | Absent | Missing,
    node_pools: Subjects[NodePool] | Absent | Missing,
    node_roles: Subjects[NodeRole] | Missing,
    instance_profiles: Subjects[InstanceProfile] | Missing,
    keys: Subjects[Key] | Missing,
    nodes: Subjects[Node] | Missing,
    cluster: Cluster | Missing,
    caller: Caller | Missing,
) -> Around | Missing:
    """The same of single facts."""
    if isinstance(node_classes, Missing):
        return node_classes
    if isinstance(node_pools, Missing):
        return node_pools
    if isinstance(node_roles, Missing):
        return node_roles
    if isinstance(instance_profiles, Missing):
        return instance_profiles
    if isinstance(keys, Missing):
        return keys
    if isinstance(nodes, Missing):
        return nodes
    if isinstance(cluster, Missing):
        return cluster
    eks = on_eks(cluster)
    return Around(node_classes, node_pools, node_roles, instance_profiles, keys, nodes, caller, eks)


def inquiries(
    operators: Subjects[Operator],
    around: Around | Missing,
    ack_kinds: Subjects[AckKind] | Missing,
    role_map: Subjects[str] | Absent | Missing,
    caller: Caller | Missing,
) -> Iterator[Inquiry]:
    """Those of whom it is known what they ask, by name, and those of whom nobody could read it."""
    found = [
        *_karpenters(operators, around),
        *_controllers(operators, ack_kinds, role_map, caller),
    ]
    yield from sorted(found, key=lambda one: one.name)


def _karpenters(operators: Subjects[Operator], around: Around | Missing) -> Iterator[Inquiry]:
    for one in karpenter.running(operators):
        arn = one.operator.role_arn
        if isinstance(around, Missing):
            yield Inquiry(one.name, arn, (), around)
        elif installed := karpenter.installation(one, around):
            yield Inquiry(one.name, arn, of_karpenter.requirement(installed))


def _controllers(
    operators: Subjects[Operator],
    ack_kinds: Subjects[AckKind] | Missing,
    role_map: Subjects[str] | Absent | Missing,
    caller: Caller | Missing,
) -> Iterator[Inquiry]:
    for one in ack.running(operators):
        arn = one.operator.role_arn
        if isinstance(ack_kinds, Missing) or isinstance(role_map, Missing):
            gap = ack_kinds if isinstance(ack_kinds, Missing) else role_map
            yield Inquiry(one.name, arn, (), gap if isinstance(gap, Missing) else None)
        elif installed := ack.controller(one, ack_kinds, role_map, caller):
            yield Inquiry(one.name, arn, of_ack.requirement(installed))
