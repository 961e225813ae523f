"""What an account holds beside roles and buckets, as far as operators name it: answers to reads alone.

EC2, SQS, EventBridge, KMS and Organizations are answered from these values. Whatever else they are asked for
is left to moto, which knows nothing of what stands here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.launching import InstanceType, Key, Queue, Selection
from keystone_check.model.operators import KARPENTER, NodeClass
from keystone_check.model.permissions import Permissions
from keystone_check.model.world import World
from keystone_check.sandbox.opining import controls_unseen


@dataclass(frozen=True, slots=True)
class Found:
    """A subnet, security group or image, with what selectors find it by."""

    id: str
    tags: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Landscape:
    """Everything by its name."""

    subnets: tuple[Found, ...] = ()
    groups: tuple[Found, ...] = ()
    images: tuple[Found, ...] = ()
    templates: tuple[Found, ...] = ()
    """Launch templates, as Karpenter makes them."""
    refusing: Mapping[str, str] = field(default_factory=dict)
    """By action, what EC2 says to whoever may by all policies that stand here: something else says no."""
    types: tuple[InstanceType, ...] = ()
    queues: Mapping[str, Queue] = field(default_factory=dict)
    keys: Mapping[str, Key] = field(default_factory=dict)
    """By ARN, id or alias as it was written."""
    controls: tuple[Mapping[str, str], ...] = ()
    """Service control policies from the root down to the account, by id."""
    unseen: tuple[str, ...] = ()
    """Service control policies that nobody in this account may read, and that are in force."""
    organization: str = ""
    """The account that manages the organization; empty where there is none."""


def landscape(world: World) -> Landscape:
    """What the world's facts say of all that."""
    controls = _controls(world)
    return Landscape(
        subnets=tuple(_found(world, "subnets")),
        groups=tuple(_found(world, "security_groups")),
        images=tuple(_found(world, "images")),
        templates=templates(world),
        types=tuple(_seen(world.instance_types).values()),
        queues=_seen(world.queues),
        keys=_seen(world.keys),
        controls=controls if isinstance(controls, tuple) else (),
        unseen=controls_unseen(world),
        organization=_organization(controls),
    )


def templates(world: World) -> tuple[Found, ...]:
    """One for each node pool of each Karpenter."""
    clusters = [
        operator.settings.get("CLUSTER_NAME", "*")
        for operator in _seen(world.operators).values()
        if operator.product == KARPENTER
    ]
    return tuple(
        _template(name, pool) for name in dict.fromkeys(clusters) for pool in _seen(world.node_pools)
    )


def _template(cluster: str, pool: str) -> Found:
    tags = {
        f"kubernetes.io/cluster/{cluster}": "owned",
        "karpenter.sh/nodepool": pool,
        "eks:eks-cluster-name": cluster,
    }
    return Found(f"lt-0{sha256(f'{cluster}/{pool}'.encode()).hexdigest()[:16]}", tags)


MANAGER = "999988887777"
"""The account that manages the organization of an account that does not."""


def _organization(controls: tuple[Mapping[str, str], ...] | Absent | Missing) -> str:
    match controls:
        case tuple():
            return MANAGER
        case Absent(because=because) if "manages its organization" in because:
            return because.split()[1]
        case _:
            return ""


def _controls(world: World) -> tuple[Mapping[str, str], ...] | Absent | Missing:
    """They are the account's, and every role's the same."""
    for one in _seen(world.permissions).values():
        assert isinstance(one, Permissions)
        if isinstance(one.controls, tuple):
            return tuple(_seen(level) for level in one.controls)
        return one.controls
    return Absent("controls", "no role's policies are known")


def _found(world: World, kind: str) -> Iterator[Found]:
    """Those that node classes find, with the tags by which they do."""
    kept: dict[str, Found] = {}
    classes = _seen(world.node_classes)
    for name, selection in _seen(world.selections).items():
        assert isinstance(selection, Selection)
        ids, one = getattr(selection, kind), classes[name]
        for found in ids if isinstance(ids, tuple) else ():
            kept[found] = _joined(kept.get(found, Found(found)), _terms(one, kind))
    yield from kept.values()


def _terms(one: NodeClass, kind: str) -> Iterable[Mapping[str, str]]:
    return {"subnets": one.subnets, "security_groups": one.security_groups, "images": one.image_terms}[kind]


def _joined(found: Found, terms: Iterable[Mapping[str, str]]) -> Found:
    """With whatever makes these terms find it; one that an id names needs nothing."""
    tags, name, owner = dict(found.tags), found.name, found.owner
    told = list(terms)
    if not any(term.get("id") == found.id for term in told):
        for term in told:
            tags |= {key.removeprefix("tag:"): it for key, it in term.items() if key.startswith("tag:")}
            name, owner = term.get("name", name), term.get("owner", owner)
    return Found(found.id, tags, name, owner)


def _seen(held: Subjects[Any] | Absent | Missing) -> dict[str, Any]:
    return dict(held.seen()) if isinstance(held, Subjects) else {}
