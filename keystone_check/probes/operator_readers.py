"""The readers of facts about operators. Where there is none, nothing but Deployments is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from keystone_check.model.aws import Caller, Role
from keystone_check.model.cluster import Cluster, ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.launching import InstanceProfile, InstanceType, Key, NodeRole, Queue, Selection
from keystone_check.model.operators import (
    KARPENTER,
    AckKind,
    Crd,
    Denial,
    Node,
    NodeClaim,
    NodeClass,
    NodePool,
    Operator,
)
from keystone_check.model.opinion import DryRuns, Opinions
from keystone_check.model.permissions import Permissions
from keystone_check.operators.asking import inquiries, standing
from keystone_check.operators.karpenter.running import Around, on_eks
from keystone_check.probes import ack, karpenter, launching, logs, nobody, selecting
from keystone_check.probes import dry_runs as dry_room
from keystone_check.probes import operators as operator_room
from keystone_check.probes import opinions as opinion_room
from keystone_check.probes import permissions as permission_room
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.sources import Sources

if TYPE_CHECKING:
    from keystone_check.probes.aws import Aws

T = TypeVar("T")
_QUEUE, _REGION = "INTERRUPTION_QUEUE", "AWS_REGION"


def _operators(sources: Sources, accounts: Subjects[ServiceAccount]) -> Subjects[Operator]:
    return operator_room.operators(sources.kube(), sources.access.namespace, accounts)


def _crds(sources: Sources, operators: Subjects[Operator]) -> Subjects[Crd]:
    return operator_room.crds(sources.kube()) if operators.entries else Subjects()


def _node_classes(sources: Sources, operators: Subjects[Operator]) -> Subjects[NodeClass] | Absent:
    return karpenter.node_classes(sources.kube()) if _run(operators) else nobody.undefined("node_classes")


def _node_pools(sources: Sources, operators: Subjects[Operator]) -> Subjects[NodePool] | Absent:
    return karpenter.node_pools(sources.kube()) if _run(operators) else nobody.undefined("node_pools")


def _node_claims(sources: Sources, operators: Subjects[Operator]) -> Subjects[NodeClaim] | Absent:
    return karpenter.node_claims(sources.kube()) if _run(operators) else nobody.undefined("node_claims")


def _nodes(sources: Sources, operators: Subjects[Operator]) -> Subjects[Node]:
    return karpenter.nodes(sources.kube()) if _run(operators) else Subjects()


def _ack_kinds(sources: Sources, operators: Subjects[Operator], crds: Subjects[Crd]) -> Subjects[AckKind]:
    return ack.ack_kinds(sources.kube(), operators, crds) if ack.services(operators) else Subjects()


def _role_map(sources: Sources, operators: Subjects[Operator]) -> Subjects[str] | Absent:
    none = Absent("role_map", nobody.NO_ROLES)
    return ack.role_map(sources.kube(), operators) if ack.services(operators) else none


def _permissions(
    sources: Sources,
    operators: Subjects[Operator],
    caller: Caller | Missing,
    roles: Subjects[Role],
) -> Subjects[Permissions] | Missing:
    arns = [operator.role_arn for _, operator in operators.seen()]
    if not any(arns):
        return Subjects()
    if isinstance(caller, Missing):
        return caller
    return permission_room.permissions(sources.aws(), caller, arns, roles)


def _instance_profiles(
    sources: Sources, node_classes: Subjects[NodeClass] | Absent, caller: Caller | Missing
) -> Subjects[InstanceProfile]:
    if isinstance(node_classes, Absent):
        return Subjects()
    return launching.instance_profiles(*_aws(sources, caller), node_classes)


def _node_roles(
    sources: Sources,
    node_classes: Subjects[NodeClass] | Absent,
    instance_profiles: Subjects[InstanceProfile] | Missing,
    caller: Caller | Missing,
) -> Subjects[NodeRole]:
    if isinstance(node_classes, Absent):
        return Subjects()
    found = launching.node_roles(*_aws(sources, caller), node_classes, _there(instance_profiles))
    return _with_gaps(found, instance_profiles)


def _queues(sources: Sources, operators: Subjects[Operator], caller: Caller | Missing) -> Subjects[Queue]:
    names = [it.settings.get(_QUEUE, "") for it in _run(operators)]
    return launching.queues(*_aws(sources, caller), names, _region(operators)) if any(names) else Subjects()


def _spot_role(
    sources: Sources, node_pools: Subjects[NodePool] | Absent, caller: Caller | Missing
) -> bool | Absent:
    if isinstance(node_pools, Absent) or not launching.asks_for_spot(node_pools):
        return Absent("spot_role", nobody.NO_SPOT)
    return launching.spot_role(_aws(sources, caller)[0])


def _selections(
    sources: Sources,
    operators: Subjects[Operator],
    node_classes: Subjects[NodeClass] | Absent,
    caller: Caller | Missing,
) -> Subjects[Selection]:
    if isinstance(node_classes, Absent):
        return Subjects()
    return selecting.selections(_aws(sources, caller)[0], node_classes, _region(operators))


def _instance_types(
    sources: Sources,
    operators: Subjects[Operator],
    node_pools: Subjects[NodePool] | Absent,
    caller: Caller | Missing,
) -> Subjects[InstanceType]:
    if isinstance(node_pools, Absent):
        return Subjects()
    return launching.instance_types(_aws(sources, caller)[0], node_pools, _region(operators))


def _keys(
    sources: Sources,
    operators: Subjects[Operator],
    node_classes: Subjects[NodeClass] | Absent | Missing,
    queues: Subjects[Queue] | Missing,
    caller: Caller | Missing,
) -> Subjects[Key]:
    if not _run(operators):
        return Subjects()
    classes = Subjects() if isinstance(node_classes, Absent) else node_classes
    found = launching.keys(*_aws(sources, caller), _there(classes), _there(queues), _region(operators))
    return _with_gaps(found, classes, queues)


def _denials(
    sources: Sources,
    operators: Subjects[Operator],
    node_classes: Subjects[NodeClass] | Absent | Missing,
    node_claims: Subjects[NodeClaim] | Absent | Missing,
    ack_kinds: Subjects[AckKind] | Missing,
) -> Subjects[tuple[Denial, ...]]:
    if not operators.entries:
        return Subjects()
    return logs.denials(sources.kube(), operators, node_classes, node_claims, ack_kinds)


def _opinions(
    sources: Sources,
    operators: Subjects[Operator],
    node_classes: Subjects[NodeClass] | Absent | Missing,
    node_pools: Subjects[NodePool] | Absent | Missing,
    node_roles: Subjects[NodeRole] | Missing,
    instance_profiles: Subjects[InstanceProfile] | Missing,
    keys: Subjects[Key] | Missing,
    nodes: Subjects[Node] | Missing,
    ack_kinds: Subjects[AckKind] | Missing,
    role_map: Subjects[str] | Absent | Missing,
    permissions: Subjects[Permissions],
    cluster: Cluster | Missing,
    caller: Caller,
) -> Subjects[Opinions]:
    if not operators.entries:
        return Subjects()
    around = standing(node_classes, node_pools, node_roles, instance_profiles, keys, nodes, cluster, caller)
    asking = inquiries(operators, around, ack_kinds, role_map, caller)
    return opinion_room.opinions(sources.aws(), asking, permissions)


def _dry_runs(
    sources: Sources,
    accounts: Subjects[ServiceAccount],
    operators: Subjects[Operator],
    node_classes: Subjects[NodeClass] | Absent,
    node_pools: Subjects[NodePool] | Absent,
    node_roles: Subjects[NodeRole],
    instance_profiles: Subjects[InstanceProfile],
    keys: Subjects[Key],
    nodes: Subjects[Node],
    selections: Subjects[Selection],
    cluster: Cluster,
    caller: Caller | Missing,
) -> Subjects[DryRuns]:
    around = Around(
        node_classes, node_pools, node_roles, instance_profiles, keys, nodes, caller, on_eks(cluster)
    )
    found = dry_room.launchers(operators, accounts, around, selections)
    if not found:
        return Subjects()
    return dry_room.dry_runs(sources.kube(), sources.aws(), sources.access.expected, found)


def _there(held: Subjects[T] | Missing) -> Subjects[T]:
    return Subjects() if isinstance(held, Missing) else held


def _with_gaps(found: Subjects[T], *sources: Subjects[Any] | Missing) -> Subjects[T]:
    """What was found, and beside it what could not be looked for because nobody knows its name."""
    gaps = tuple((it.fact, it) for it in sources if isinstance(it, Missing))
    return Subjects((*found.entries, *gaps))


def _run(operators: Subjects[Operator]) -> list[Operator]:
    """Every Karpenter."""
    return [operator for _, operator in operators.seen() if operator.product == KARPENTER]


def _aws(sources: Sources, caller: Caller | Missing) -> tuple[Aws, str]:
    """AWS and our account, where it tells who we are; raises ReadError with the reason where it does not."""
    if isinstance(caller, Missing):
        raise ReadError(caller.because, permission=caller.permission, fact=caller.fact)
    return sources.aws(), caller.account


def _region(operators: Subjects[Operator]) -> str:
    """Where Karpenter launches, as its own settings say; empty for where we ask."""
    said = (operator.settings.get(_REGION, "") for operator in _run(operators))
    return next((region for region in said if region and region != operator_room.UNSAID), "")


READ: dict[str, tuple[str, str, Callable[..., Any]]] = {
    "operators": ("cluster", "Karpenter and ACK controllers", _operators),
    "crds": ("cluster", "kinds of Karpenter and ACK", _crds),
    "node_classes": ("cluster", "node classes", _node_classes),
    "node_pools": ("cluster", "node pools", _node_pools),
    "node_claims": ("cluster", "node claims", _node_claims),
    "nodes": ("cluster", "nodes", _nodes),
    "ack_kinds": ("cluster", "resources of ACK", _ack_kinds),
    "role_map": ("cluster", "roles that ACK assumes", _role_map),
    "permissions": ("AWS", "policies of the operators' roles", _permissions),
    "node_roles": ("AWS", "roles of nodes", _node_roles),
    "instance_profiles": ("AWS", "instance profiles", _instance_profiles),
    "queues": ("AWS", "interruption queues", _queues),
    "spot_role": ("AWS", "spot's service-linked role", _spot_role),
    "selections": ("AWS", "subnets, security groups and images", _selections),
    "instance_types": ("AWS", "instance types", _instance_types),
    "keys": ("AWS", "KMS keys", _keys),
    "denials": ("cluster", "what operators report as refused", _denials),
    "opinions": ("AWS", "what IAM's simulator says", _opinions),
    "dry_runs": ("AWS", "what EC2 says to dry runs", _dry_runs),
}
"""By field of the World: source, what it is called, and who reads it."""
