"""Karpenter's objects, and the nodes, as the emulated API server holds them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.operators import Condition, Node, NodeClaim, NodeClass, NodePool
from keystone_check.model.world import World
from keystone_check.probes.karpenter import POOL, UNREGISTERED
from keystone_check.sandbox.kube.resources import NODES, Resource
from keystone_check.sandbox.kube.state import Seed

GROUP = "karpenter.k8s.aws"


def karpenter_objects(world: World, customs: Iterable[Resource]) -> Iterator[Seed]:
    """Node classes, pools and claims of the kinds that are defined, and the nodes."""
    kinds = {it.plural: it for it in customs if it.version == "v1"}
    for plural, held, made in (
        ("ec2nodeclasses", world.node_classes, _node_class),
        ("nodepools", world.node_pools, _node_pool),
        ("nodeclaims", world.node_claims, _node_claim),
    ):
        for one in _seen(held):
            yield Seed(kinds[plural], "", made(one), uid=getattr(one, "uid", ""))
    for node in _seen(world.nodes):
        yield Seed(NODES, "", _node(node))


def _seen(held: Subjects[Any] | Absent | Missing) -> list[Any]:
    return [one for _, one in held.seen()] if isinstance(held, Subjects) else []


def _node_class(one: NodeClass) -> dict[str, Any]:
    terms = [
        *({"alias": alias} for alias in one.aliases),
        *({"id": image} for image in one.images),
        *({"ssmParameter": name} for name in one.parameters),
        *map(_term, one.image_terms),
    ]
    spec: dict[str, Any] = {
        "role": one.role,
        "instanceProfile": one.instance_profile,
        "amiFamily": one.family,
        "amiSelectorTerms": terms,
        "subnetSelectorTerms": [_term(it) for it in one.subnets],
        "securityGroupSelectorTerms": [_term(it) for it in one.security_groups],
        "capacityReservationSelectorTerms": [{"id": "cr-0123456789abcdef0"}] if one.reservations else [],
        "placementGroupSelector": {"name": "near"} if one.placement else {},
        "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"kmsKeyID": key}} for key in one.keys],
        "tags": dict(one.tags),
        "userData": _user_data(one),
    }
    status = {"instanceProfile": one.made_profile, "conditions": _conditions(one.conditions)}
    return {
        "metadata": {"name": one.name},
        "spec": {name: value for name, value in spec.items() if value},
        "status": {name: value for name, value in status.items() if value},
    }


def _term(term: Mapping[str, str]) -> dict[str, Any]:
    plain = {name: value for name, value in term.items() if not name.startswith("tag:")}
    tags = {name.removeprefix("tag:"): value for name, value in term.items() if name.startswith("tag:")}
    return {**plain, **({"tags": tags} if tags else {})}


def _user_data(one: NodeClass) -> str:
    """As somebody writes it who starts K3s's agent on a node."""
    if not one.user_data:
        return ""
    taint = f" --node-taint {UNREGISTERED}:NoExecute" if one.taint else ""
    provider_id = " --kubelet-arg provider-id=aws:///$ZONE/$INSTANCE" if one.provider_id else ""
    return f"#!/bin/sh\nexec k3s agent{taint}{provider_id}\n"


def _node_pool(one: NodePool) -> dict[str, Any]:
    requirements = [
        {"key": key, "operator": "In", "values": list(values)} for key, values in one.requirements.items()
    ]
    spec = {"nodeClassRef": _reference(one.node_class), "requirements": requirements}
    spec |= {"taints": [_taint(taint) for taint in one.taints]} if one.taints else {}
    return {
        "metadata": {"name": one.name},
        "spec": {"template": {"spec": spec}},
        "status": {"conditions": _conditions(one.conditions)},
    }


def _reference(name: str) -> dict[str, str]:
    return {"group": GROUP, "kind": "EC2NodeClass", "name": name}


def _node_claim(one: NodeClaim) -> dict[str, Any]:
    status = {"nodeName": one.node, "providerID": one.provider_id, "conditions": _conditions(one.conditions)}
    return {
        "metadata": {"name": one.name, "labels": {POOL: one.pool} if one.pool else {}},
        "spec": {"nodeClassRef": _reference(one.node_class)},
        "status": {name: value for name, value in status.items() if value},
    }


def _node(one: Node) -> dict[str, Any]:
    return {
        "metadata": {"name": one.name, "labels": {POOL: one.pool} if one.pool else {}},
        "spec": {"providerID": one.provider_id, "taints": [_taint(taint) for taint in one.taints]},
        "status": {"nodeInfo": {"kubeletVersion": one.version}},
    }


def _taint(taint: str) -> dict[str, str]:
    pair, _, effect = taint.rpartition(":")
    key, _, value = pair.partition("=")
    return {"key": key, "effect": effect, **({"value": value} if value else {})}


def _conditions(found: Iterable[Condition]) -> list[dict[str, str]]:
    """As the API writes them: a reason always, a message even where it is empty."""
    return [
        {"type": it.type, "status": it.status, "reason": it.reason, "message": it.message} for it in found
    ]
