"""Karpenter and ACK in a world: installs that lack nothing, with everything that they name in AWS."""

from dataclasses import replace

from keystone_check.knowledge.store import controllers, minors
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Subjects
from keystone_check.model.operators import KARPENTER, Operator
from keystone_check.model.world import World
from keystone_check.operators.version import Version, version
from keystone_check.sandbox import reconciling
from keystone_check.sandbox.dry_running import asked_of_aws
from keystone_check.sandbox.karpenter import CLUSTER, in_cluster
from keystone_check.sandbox.launching import in_aws
from keystone_check.sandbox.staffing import bound, caller, role_of, seen

NEWEST = "1.14"
MINORS = tuple(minors())


def with_karpenter(world: World, minor: str = NEWEST, namespace: str = KARPENTER, **settings: str) -> World:
    """The world with a Karpenter of this minor's last release; `settings` are variables beside the usual."""
    release = _last(minor)
    world = bound(_in_range(world, release), namespace, KARPENTER)
    arn = role_of(world, f"{namespace}/{KARPENTER}")
    operator = Operator(
        product=KARPENTER,
        account=f"{namespace}/{KARPENTER}",
        role_arn=arn,
        image=f"public.ecr.aws/karpenter/controller:{release}",
        label=str(release),
        replicas=1,
        ready=1,
        settings={
            "AWS_REGION": caller(world).region,
            "CLUSTER_ENDPOINT": "https://10.0.0.5:6443",
            "CLUSTER_NAME": CLUSTER,
            "FEATURE_GATES": "NodeRepair=false,SpotToSpotConsolidation=false",
            "INTERRUPTION_QUEUE": CLUSTER,
            **settings,
        },
    )
    world = _installed(world, f"{namespace}/{KARPENTER}", operator)
    return asked_of_aws(in_aws(in_cluster(world, release), release, arn))


def with_ack(world: World, *services: str) -> World:
    """The world with ACK's controllers of these services, each with a role of its own."""
    for service in services:
        told = controllers()[service]
        namespace, name = told["namespace"], told["service_account"]
        world = bound(world, namespace, name)
        operator = Operator(
            product=f"ack-{service}",
            account=f"{namespace}/{name}",
            role_arn=role_of(world, f"{namespace}/{name}"),
            image=f"{told['image']}:{told['version']}",
            label=told["version"],
            replicas=1,
            ready=1,
            settings=reconciling.settings(caller(world).region),
            arguments=reconciling.ARGUMENTS,
            spread=False,
        )
        world = _installed(world, f"{namespace}/{name}-{service}-chart", operator)
        world = reconciling.with_kinds(world, service, operator)
    return asked_of_aws(world)


def _installed(world: World, name: str, operator: Operator) -> World:
    operators, denials = dict(seen(world.operators)), dict(seen(world.denials))
    return replace(
        world,
        operators=Subjects(tuple(sorted({**operators, name: operator}.items()))),
        denials=Subjects(tuple(sorted({**denials, name: ()}.items()))),
    )


def _last(minor: str) -> Version:
    """The last release of a minor. KeyError for one that is not known."""
    releases = [found for tag in minors()[minor]["tags"] if (found := version(tag))]
    return max(releases)


def _in_range(world: World, release: Version) -> World:
    """The cluster as new as that Karpenter admits, and no newer than it is."""
    assert isinstance(world.cluster, Cluster)
    _, newest = minors()[release.line]["tags"][str(release)]
    running, admitted = version(world.cluster.version), version(newest)
    if running is None or admitted is None or running < Version(admitted.major, admitted.minor + 1):
        return world
    return replace(world, cluster=replace(world.cluster, version=f"v{newest}.0+k3s1"))
