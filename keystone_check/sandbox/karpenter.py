"""What a healthy Karpenter has in the cluster: its kinds, a node class, a pool, a claim, and their nodes."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from keystone_check.knowledge.store import facts
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Subjects
from keystone_check.model.operators import Condition, Crd, Node, NodeClaim, NodeClass, NodePool
from keystone_check.model.world import World
from keystone_check.operators.version import Version, version
from keystone_check.sandbox.staffing import caller, seen

CLUSTER = "lab"
"""What Karpenter is told that the cluster is called, and the interruption queue with it."""
NODE_ROLE = f"KarpenterNodeRole-{CLUSTER}"
POOL = CLASS = "default"
UID = "0f3d2c1b-0000-4000-8000-000000000001"
IMAGE = "ami-0a1b2c3d4e5f60718"
TYPES = ("m6i.large", "t3.large")
DISCOVERY = {"tag:karpenter.sh/discovery": CLUSTER}
MADE = f"{POOL}-7wzqk"
NODE = "ip-10-0-1-20"
PROVIDER_ID = "aws:///{region}a/i-0123456789abcdef0"
ITSELF = "aws:///{region}a/i-0fedcba9876543210"
OWN_PROFILES = Version(1, 7)
"""From here Karpenter's instance profiles have a path of their own."""


def in_cluster(world: World, release: Version) -> World:
    """The world with the objects that this release reads."""
    defined = (*seen(world.crds).entries, *((crd.name, crd) for crd in crds(release)))
    return replace(
        world,
        crds=Subjects(tuple(sorted(dict(defined).items()))),
        node_classes=Subjects(((CLASS, node_class(world, release)),)),
        node_pools=Subjects(((POOL, _node_pool(release)),)),
        node_claims=Subjects(((MADE, _node_claim(world)),)),
        nodes=Subjects(tuple(_nodes(world))),
    )


def crds(release: Version) -> tuple[Crd, ...]:
    """What the release's own chart defines."""
    told: dict[str, Any] = facts("karpenter", "objects")["crds"]["names"]
    found = []
    for name, about in told.items():
        since = version(about.get("since", "1.0"))
        if since is not None and release < since:
            continue
        both = "1.0" in about["versions"] and release.line == "1.0"
        newest = "v1" if "1.0" in about["versions"] else next(iter(about["versions"].values()))[0]
        served = ("v1", "v1beta1") if both else (newest,)
        found.append(
            Crd(name, about["kind"], about["scope"] == "Namespaced", served, newest, stored=(newest,))
        )
    return tuple(found)


def node_class(world: World, release: Version) -> NodeClass:
    """A class of one's own user data, as a cluster that is not EKS needs it."""
    conditions = facts("karpenter", "objects")["status_conditions"]["EC2NodeClass"]
    region = caller(world).region
    return NodeClass(
        name=CLASS,
        uid=UID,
        role=NODE_ROLE,
        family="Custom",
        images=(IMAGE,),
        subnets=(DISCOVERY,),
        security_groups=(DISCOVERY,),
        keys=(key_arn(world),),
        tags={"team": "platform"},
        user_data=True,
        taint=True,
        provider_id=True,
        made_profile=f"{CLUSTER}_{sha256(f'{region}{CLASS}'.encode()).hexdigest()[:20]}",
        conditions=tuple(
            Condition(name, "True", name)
            for name, since in sorted(conditions.items())
            if name not in _FEATURES and _has(release, since)
        ),
    )


_FEATURES = ("CapacityReservationsReady", "PlacementGroupReady")


def key_arn(world: World) -> str:
    """The KMS key of the nodes' volumes."""
    who = caller(world)
    return f"arn:{who.partition}:kms:{who.region}:{who.account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def _has(release: Version, since: str) -> bool:
    first = version(since)
    return first is None or first <= release


def _node_pool(release: Version) -> NodePool:
    told = ("NodeClassReady", "Ready", "ValidationSucceeded")
    return NodePool(
        name=POOL,
        node_class=CLASS,
        requirements={
            "karpenter.sh/capacity-type": ("on-demand", "spot"),
            "kubernetes.io/arch": ("amd64",),
            "node.kubernetes.io/instance-type": TYPES,
        },
        conditions=tuple(Condition(name, "True", name) for name in told),
    )


def _node_claim(world: World) -> NodeClaim:
    told = ("Initialized", "Launched", "Ready", "Registered")
    conditions = tuple(Condition(name, "True", name) for name in told)
    return NodeClaim(MADE, POOL, CLASS, NODE, PROVIDER_ID.format(region=caller(world).region), conditions)


def _nodes(world: World) -> tuple[tuple[str, Node], ...]:
    """The server, on AWS as well, and what Karpenter made."""
    assert isinstance(world.cluster, Cluster)
    region, running = caller(world).region, world.cluster.version
    made = Node(NODE, PROVIDER_ID.format(region=region), running, POOL)
    server = Node("server-1", ITSELF.format(region=region), running)
    return ((made.name, made), (server.name, server))
