"""Karpenter's objects: node classes, node pools, node claims, and the nodes of the cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.operators import Condition, Node, NodeClaim, NodeClass, NodePool
from keystone_check.probes import operator_rights, rights
from keystone_check.probes.nobody import no_kind
from keystone_check.probes.refusals import ReadError
from keystone_check.reports.printable import veiled

if TYPE_CHECKING:
    from keystone_check.probes.kube import Kube

POOL = "karpenter.sh/nodepool"
UNREGISTERED = "karpenter.sh/unregistered"
_PROVIDER_ID = ("provider-id", "providerID")
_LIFECYCLE = ("node.kubernetes.io/", "node.cloudprovider.kubernetes.io/")
_SOME = "*"

Json = Mapping[str, Any]
T = TypeVar("T")


def node_classes(kube: Kube) -> Subjects[NodeClass] | Absent:
    """Every EC2NodeClass."""
    return _objects(kube, operator_rights.LIST_NODE_CLASSES, "node_classes", _node_class)


def node_pools(kube: Kube) -> Subjects[NodePool] | Absent:
    """Every NodePool."""
    return _objects(kube, operator_rights.LIST_NODE_POOLS, "node_pools", _node_pool)


def node_claims(kube: Kube) -> Subjects[NodeClaim] | Absent:
    """Every NodeClaim."""
    return _objects(kube, operator_rights.LIST_NODE_CLAIMS, "node_claims", _node_claim)


def nodes(kube: Kube) -> Subjects[Node]:
    """Every node."""
    found = (_node(item) for item in kube.nodes())
    return Subjects(tuple(sorted(((node.name, node) for node in found), key=lambda entry: entry[0])))


def _objects(kube: Kube, ask: rights.KubeAsk, fact: str, read: Callable[[Json], T]) -> Subjects[T] | Absent:
    try:
        found = [(item["metadata"]["name"], read(item)) for item in kube.listed(ask)]
    except ReadError as refusal:
        if refusal.code == "404":
            return no_kind(fact, f"{ask.resource}.{ask.group}")
        raise
    return Subjects(tuple(sorted(found, key=lambda entry: entry[0])))


def _node_class(item: Json) -> NodeClass:
    spec, status = item.get("spec") or {}, item.get("status") or {}
    terms: list[Json] = spec.get("amiSelectorTerms") or []
    user_data = spec.get("userData") or ""
    return NodeClass(
        name=item["metadata"]["name"],
        uid=item["metadata"].get("uid", ""),
        role=spec.get("role") or "",
        instance_profile=spec.get("instanceProfile") or "",
        family=spec.get("amiFamily") or "",
        aliases=_said(terms, "alias"),
        parameters=_said(terms, "ssmParameter"),
        images=_said(terms, "id"),
        image_terms=tuple(_term(it, "name", "owner") for it in terms if not _named(it)),
        subnets=tuple(_term(it, "id") for it in spec.get("subnetSelectorTerms") or ()),
        security_groups=tuple(_term(it, "id", "name") for it in spec.get("securityGroupSelectorTerms") or ()),
        reservations=bool(spec.get("capacityReservationSelectorTerms")),
        placement=bool(spec.get("placementGroupSelector")),
        keys=tuple(dict.fromkeys(_keys(spec))),
        tags=dict(sorted((spec.get("tags") or {}).items())),
        user_data=bool(user_data),
        taint=UNREGISTERED in user_data,
        provider_id=any(word in user_data for word in _PROVIDER_ID),
        made_profile=status.get("instanceProfile") or "",
        conditions=conditions(status),
    )


def _said(terms: Iterable[Json], name: str) -> tuple[str, ...]:
    return tuple(term[name] for term in terms if term.get(name))


def _named(term: Json) -> bool:
    return any(term.get(name) for name in ("alias", "id", "ssmParameter"))


def _term(term: Json, *names: str) -> Mapping[str, str]:
    tags = {f"tag:{name}": value or _SOME for name, value in (term.get("tags") or {}).items()}
    return dict(sorted({**{name: term[name] for name in names if term.get(name)}, **tags}.items()))


def _keys(spec: Json) -> Iterator[str]:
    for mapping in spec.get("blockDeviceMappings") or ():
        if key := (mapping.get("ebs") or {}).get("kmsKeyID"):
            yield key


def conditions(status: Json) -> tuple[Condition, ...]:
    """The conditions of an object, by type."""
    found = (
        Condition(
            it.get("type") or "",
            it.get("status") or "",
            it.get("reason") or "",
            veiled(it.get("message") or ""),
        )
        for it in status.get("conditions") or ()
    )
    return tuple(sorted(found, key=lambda condition: condition.type))


def _node_pool(item: Json) -> NodePool:
    spec = ((item.get("spec") or {}).get("template") or {}).get("spec") or {}
    asked = {
        it["key"]: tuple(it.get("values") or ())
        for it in spec.get("requirements") or ()
        if it.get("operator") == "In"
    }
    return NodePool(
        name=item["metadata"]["name"],
        node_class=(spec.get("nodeClassRef") or {}).get("name") or "",
        requirements=dict(sorted(asked.items())),
        taints=_taints(spec.get("taints")),
        conditions=conditions(item.get("status") or {}),
    )


def _node_claim(item: Json) -> NodeClaim:
    spec, status = item.get("spec") or {}, item.get("status") or {}
    return NodeClaim(
        name=item["metadata"]["name"],
        pool=(item["metadata"].get("labels") or {}).get(POOL, ""),
        node_class=(spec.get("nodeClassRef") or {}).get("name") or "",
        node=status.get("nodeName") or "",
        provider_id=status.get("providerID") or "",
        conditions=conditions(status),
    )


def _node(item: Json) -> Node:
    spec, status = item.get("spec") or {}, item.get("status") or {}
    return Node(
        name=item["metadata"]["name"],
        provider_id=spec.get("providerID") or "",
        version=(status.get("nodeInfo") or {}).get("kubeletVersion") or "",
        pool=(item["metadata"].get("labels") or {}).get(POOL, ""),
        taints=_taints(spec.get("taints")),
    )


def _taints(found: Iterable[Json] | None) -> tuple[str, ...]:
    """Without those that come and go with a node's life."""
    return tuple(
        f"{it['key']}{'=' + it['value'] if it.get('value') else ''}:{it.get('effect') or ''}"
        for it in found or ()
        if not it["key"].startswith(_LIFECYCLE)
    )
