"""Every operator here, with its role and all that it asks of AWS."""

from collections.abc import Iterator
from dataclasses import dataclass

from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.operators import AckKind, Operator
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


def surroundings(world: World) -> Around | Missing:
    """What stands around the Karpenters of a world, or the first of it that nobody could read."""
    match world:
        case World(
            node_classes=(Subjects() | Absent()) as classes,
            node_pools=(Subjects() | Absent()) as pools,
            node_roles=Subjects() as roles,
            instance_profiles=Subjects() as profiles,
            keys=Subjects() as keys,
            nodes=Subjects() as nodes,
            cluster=Cluster() as cluster,
        ):
            return Around(classes, pools, roles, profiles, keys, nodes, world.caller, on_eks(cluster))
    needed = ("node_classes", "node_pools", "node_roles", "instance_profiles", "keys", "nodes", "cluster")
    facts = (getattr(world, name) for name in needed)
    return next(fact for fact in facts if isinstance(fact, Missing))


def inquiries(
    operators: Subjects[Operator],
    around: Around,
    ack_kinds: Subjects[AckKind],
    role_map: Subjects[str] | Absent,
) -> Iterator[Inquiry]:
    """Those of whom it is known what they ask, by name."""
    found = [*_karpenters(operators, around), *_controllers(operators, around, ack_kinds, role_map)]
    yield from sorted(found, key=lambda one: one.name)


def _karpenters(operators: Subjects[Operator], around: Around) -> Iterator[Inquiry]:
    for one in karpenter.running(operators):
        if installed := karpenter.installation(one, around):
            needs = of_karpenter.requirement(installed)
            yield Inquiry(one.name, one.operator.role_arn, needs)


def _controllers(
    operators: Subjects[Operator],
    around: Around,
    ack_kinds: Subjects[AckKind],
    role_map: Subjects[str] | Absent,
) -> Iterator[Inquiry]:
    for one in ack.running(operators):
        if installed := ack.controller(one, ack_kinds, role_map, around.caller):
            needs = of_ack.requirement(installed)
            yield Inquiry(one.name, one.operator.role_arn, needs)
