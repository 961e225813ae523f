"""gather(serve(world)) == world where operators run: every minor of Karpenter, and what may be otherwise."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from keystone_check import snapshot
from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.finding import Status
from keystone_check.model.operators import Condition, Denial
from keystone_check.model.world import World
from keystone_check.operators.granted import Granted, answers
from keystone_check.operators.karpenter.installation import Installation, NodeClass
from keystone_check.operators.karpenter.requirement import requirement
from keystone_check.operators.version import version
from keystone_check.probes.gather import gather
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.karpenter import CLASS, CLUSTER, NODE_ROLE
from keystone_check.sandbox.operators import MINORS, with_ack, with_karpenter
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.settling import settled
from keystone_check.sandbox.staffing import caller, one, seen
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW

GROUND = Ground.make()
KARPENTER, ACK_S3 = "karpenter/karpenter", "ack-system/ack-s3-controller-s3-chart"


def both(world: World) -> World:
    return with_ack(with_karpenter(world), "s3", "ec2")


def two_karpenters(world: World) -> World:
    return with_karpenter(with_karpenter(world, "1.14"), "1.13", "kube-system")


def every_part(world: World) -> World:
    """Whatever the healthy world leaves out of a node class, a pool and a node."""
    world = with_karpenter(world)
    ((name, found),) = seen(world.node_classes).seen()
    found = replace(
        found,
        role="",
        instance_profile=found.made_profile,
        made_profile="",
        family="",
        aliases=("al2023@latest",),
        parameters=("/custom/image",),
        images=(),
        image_terms=({"name": "node-*", "owner": "self"}, {"tag:stage": "*"}),
        reservations=True,
        placement=True,
        tags={},
        user_data=False,
        taint=False,
        provider_id=False,
    )
    ((pool, it),) = seen(world.node_pools).seen()
    ((node, server), *others) = seen(world.nodes).seen()
    return replace(
        world,
        node_classes=Subjects(((name, found),)),
        node_pools=Subjects(((pool, replace(it, taints=("team=a:NoSchedule", "gpu:NoExecute"))),)),
        nodes=Subjects(((node, replace(server, taints=("karpenter.sh/unregistered:NoExecute",))), *others)),
        selections=Subjects(((name, replace(one(world.selections, name), images=("ami-1", "ami-2"))),)),
    )


def gone(world: World) -> World:
    """What Karpenter's objects name is not there."""
    world = with_karpenter(world)
    return replace(
        world,
        node_roles=Subjects(),
        instance_profiles=Subjects(),
        queues=Subjects(),
        keys=Subjects(),
        spot_role=False,
        instance_types=seen(world.instance_types).without("t3.large"),
        selections=Subjects(((CLASS, replace(one(world.selections, CLASS), subnets=(), images=())),)),
    )


def bounded(world: World) -> World:
    """A permissions boundary, and an organization of three levels."""
    world = with_karpenter(world)
    arn = f"arn:aws:iam::{caller(world).account}:role/karpenter"
    boundary = f"arn:aws:iam::{caller(world).account}:policy/team/bound"
    document = '{"Version": "2012-10-17", "Statement": []}'
    levels = tuple(Subjects(((f"p-{name}", document),)) for name in ("root", "unit", "own"))
    role, held = one(world.roles, arn), one(world.permissions, arn)
    return replace(
        world,
        roles=seen(world.roles).put(arn, replace(role, boundary=boundary)),
        permissions=seen(world.permissions).put(arn, replace(held, boundary=document, controls=levels)),
    )


def refused(world: World) -> World:
    """Log lines and conditions that tell of refusals."""
    world = both(world)
    line = (
        "is not authorized to perform: iam:ListInstanceProfiles on resource: arn:aws:iam::1:instance-profile/"
    )
    told = Denial(
        "iam:ListInstanceProfiles", "arn:aws:iam::1:instance-profile/", f"AccessDenied: User {line}"
    )
    said = Condition(
        "Launched", "Unknown", "Unauthorized", "Controller isn't authorized to call ec2:RunInstances"
    )
    stuck = Condition("ACK.Recoverable", "True", "", "User: me is not authorized to perform: s3:TagResource")
    ((claim, found),) = seen(world.node_claims).seen()
    kind = one(world.ack_kinds, "buckets.s3.services.k8s.aws")
    return replace(
        world,
        node_claims=Subjects(((claim, replace(found, conditions=(said,))),)),
        ack_kinds=seen(world.ack_kinds).put(
            "buckets.s3.services.k8s.aws",
            replace(
                kind,
                count=3,
                stuck=(("team/data", stuck),),
                owners=("444455556666",),
                roles=("arn:a", "arn:b"),
            ),
        ),
        role_map=Subjects(
            (("444455556666", "arn:aws:iam::444455556666:role/ack"), ("iamroleselectors/team", "arn:x"))
        ),
        denials=seen(world.denials).put(KARPENTER, (told,)),
    )


def on_keys(world: World) -> World:
    """A fork by digest that runs on static keys, whose account is bound to nothing."""
    world = with_karpenter(world)
    operator = one(world.operators, KARPENTER)
    image = "registry.example/team/autoscaler@sha256:" + 64 * "0"
    fork = replace(
        operator,
        account="karpenter/other",
        role_arn="",
        image=image,
        label="",
        static_keys=True,
        spread=False,
        replicas=2,
        settings={**operator.settings, "CLUSTER_NAME": "<secret>"},
    )
    told = (Denial("", "", "AccessDenied: who are you"),)
    return replace(
        world,
        operators=Subjects(((KARPENTER, fork),)),
        denials=Subjects(((KARPENTER, told),)),
        permissions=Subjects(),
    )


def half_installed(world: World) -> World:
    """A definition of Karpenter is not there, another is old, and one of ACK's is missing."""
    world = both(world)
    pools = one(world.crds, "nodepools.karpenter.sh")
    old = replace(pools, served=("v1beta1",), storage="v1beta1", stored=("v1beta1",))
    crds = seen(world.crds).put("nodepools.karpenter.sh", old)
    gone = ("ec2nodeclasses.karpenter.k8s.aws", "buckets.s3.services.k8s.aws")
    return replace(world, crds=Subjects(tuple(entry for entry in crds if entry[0] not in gone)))


WORLDS: dict[str, Callable[[World], World]] = {
    "both": both,
    "two-karpenters": two_karpenters,
    "every-part": every_part,
    "gone": gone,
    "bounded": bounded,
    "refused": refused,
    "on-keys": on_keys,
    "half-installed": half_installed,
    "1.0": lambda world: with_karpenter(world, "1.0"),
}


@pytest.mark.parametrize("name", WORLDS)
def test_what_is_gathered_of_operators_is_what_is_served(name: str) -> None:
    ground = Ground.make()
    with serve(WORLDS[name](healthy(ground, NOW)), ground, clock=lambda: NOW) as serving:
        assert gather(serving.access, clock=lambda: NOW) == serving.world


def test_what_is_not_there_is_absent_and_what_nothing_names_is_not_told() -> None:
    world = settled(gone(healthy(GROUND, NOW)))
    assert isinstance(seen(world.node_roles)[NODE_ROLE], Absent)
    assert isinstance(seen(world.queues)[CLUSTER], Absent)
    assert isinstance(seen(world.instance_types)["t3.large"], Absent)
    world = settled(half_installed(healthy(GROUND, NOW)))
    assert isinstance(world.node_classes, Absent)
    assert isinstance(world.node_pools, Absent)
    assert isinstance(world.spot_role, Absent)
    assert "buckets.s3.services.k8s.aws" not in dict(seen(world.ack_kinds))
    assert (world.node_roles, world.selections, world.instance_types) == (Subjects(),) * 3


def installed(world: World) -> Installation:
    """The healthy Karpenter as what it asks depends on it."""
    operator = one(world.operators, KARPENTER)
    release = version(operator.label)
    assert release is not None
    ((name, found),) = seen(world.node_classes).seen()
    role = one(world.node_roles, found.role).arn
    node_class = NodeClass(name, found.uid, role, keys=found.keys, tags=tuple(found.tags.items()))
    settings = operator.settings
    return Installation(
        release,
        settings["CLUSTER_NAME"],
        caller(world).account,
        settings["AWS_REGION"],
        queue=settings["INTERRUPTION_QUEUE"],
        node_classes=(node_class,),
    )


@pytest.mark.parametrize("minor", MINORS)
def test_a_healthy_karpenter_is_granted_all_that_it_needs_and_breaks_no_check(minor: str) -> None:
    world = with_karpenter(healthy(GROUND, NOW), minor)
    (held,) = (permissions for _, permissions in seen(world.permissions).seen())
    assert {type(it) for it in answers(held, requirement(installed(world)))} == {Granted}
    assert not [it for it in diagnose(world, load()).outcomes if it.status in (Status.BROKEN, Status.BLOCKED)]
    assert snapshot.load(snapshot.save(world)) == world


def test_a_healthy_ack_breaks_no_check() -> None:
    world = with_ack(healthy(GROUND, NOW), "s3", "ec2", "iam", "rds")
    assert not [it for it in diagnose(world, load()).outcomes if it.status in (Status.BROKEN, Status.BLOCKED)]
    assert snapshot.load(snapshot.save(world)) == world
