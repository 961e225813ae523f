"""What a healthy Karpenter has in AWS: policies, the nodes' role and profile, a queue, a network, a key."""

import json
from dataclasses import replace
from typing import Any

from keystone_check.iam.s3_address import suffix_of
from keystone_check.knowledge.store import facts
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.launching import (
    InstanceProfile,
    InstanceType,
    Key,
    NodeRole,
    Queue,
    Selection,
)
from keystone_check.model.permissions import Permissions
from keystone_check.model.world import World
from keystone_check.operators.documents import Document
from keystone_check.operators.karpenter.template import Place, template
from keystone_check.operators.version import Version
from keystone_check.sandbox.karpenter import (
    CLASS,
    CLUSTER,
    IMAGE,
    NODE_ROLE,
    OWN_PROFILES,
    TYPES,
    UID,
    key_arn,
    node_class,
)
from keystone_check.sandbox.staffing import caller, put, seen

SUBNETS = ("subnet-0123456789abcdef0", "subnet-0fedcba9876543210")
GROUPS = ("sg-0123456789abcdef0",)
NODE_POLICIES = ("AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore")
"""What the template attaches to the nodes' role and a cluster that is not EKS has a use for."""


def in_aws(world: World, release: Version, role_arn: str) -> World:
    """The world with all of that; `role_arn` is the controller's."""
    profile = node_class(world, release).made_profile
    return replace(
        world,
        permissions=put(seen(world.permissions), role_arn, permissions(world, release)),
        node_roles=Subjects(((NODE_ROLE, _node_role(world)),)),
        instance_profiles=Subjects(((profile, _profile(world, release, profile)),)),
        queues=Subjects(((CLUSTER, queue(world, release)),)),
        spot_role=True,
        selections=Subjects(((CLASS, Selection(SUBNETS, GROUPS, (IMAGE,))),)),
        instance_types=Subjects(tuple((name, _instance_type(name)) for name in TYPES)),
        keys=Subjects(((key_arn(world), _key(world)),)),
    )


def permissions(world: World, release: Version) -> Permissions:
    """The release's own policies, attached, and what no template can know: the volumes' key."""
    who = caller(world)
    place = Place(CLUSTER, who.account, who.region, _arn(world, NODE_ROLE), _queue_arn(world), who.partition)
    attached = tuple(
        (f"arn:{who.partition}:iam::{who.account}:policy/{document.name}", document.text)
        for document in template(release, place)
    )
    return Permissions(
        inline=Subjects((("KarpenterVolumeKeys", _volume_keys(world)),)),
        attached=Subjects(tuple(sorted(attached))),
        boundary=unbounded(world, role="karpenter"),
        controls=controls(world),
    )


def unbounded(world: World, role: str) -> Absent:
    """What stands for the boundary of a role that has none."""
    arn = _arn(world, role)
    return Absent(arn, f"{arn} has no permissions boundary")


def controls(world: World) -> tuple[Subjects[str], ...] | Absent | Missing:
    """Those that other roles of the account are under; of an account on its own there are none."""
    alone = Absent("controls", f"account {caller(world).account} is in no organization")
    return next((held.controls for _, held in seen(world.permissions).seen()), alone)


def _volume_keys(world: World) -> str:
    who = caller(world)
    through = f"ec2.{who.region}.{suffix_of(who.partition)}"
    same = {"kms:ViaService": through, "kms:CallerAccount": who.account}
    statement = {
        "Sid": "AllowVolumeKeys",
        "Effect": "Allow",
        "Action": facts("karpenter", "surroundings")["kms"]["actions_on_key"],
        "Resource": [key_arn(world)],
        "Condition": {"StringEquals": same},
    }
    return Document("KarpenterVolumeKeys", (statement,)).text


def _arn(world: World, role: str) -> str:
    return f"arn:{caller(world).partition}:iam::{caller(world).account}:role/{role}"


def _node_role(world: World) -> NodeRole:
    who = caller(world)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": f"ec2.{suffix_of(who.partition)}"},
        "Action": "sts:AssumeRole",
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    attached = tuple(f"arn:{who.partition}:iam::aws:policy/{name}" for name in NODE_POLICIES)
    return NodeRole(_arn(world, NODE_ROLE), trust, attached)


def _profile(world: World, release: Version, name: str) -> InstanceProfile:
    who = caller(world)
    path = f"karpenter/{who.region}/{CLUSTER}/{UID}/" if release >= OWN_PROFILES else ""
    arn = f"arn:{who.partition}:iam::{who.account}:instance-profile/{path}{name}"
    return InstanceProfile(arn, (_arn(world, NODE_ROLE),))


def _queue_arn(world: World) -> str:
    who = caller(world)
    return f"arn:{who.partition}:sqs:{who.region}:{who.account}:{CLUSTER}"


def queue(world: World, release: Version) -> Queue:
    """As the template makes it, encrypted with SQS's own keys, with the rules of that release."""
    told = facts("karpenter", "surroundings")["interruption"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": told["queue_policy_principals"]},
        "Action": "sqs:SendMessage",
        "Resource": _queue_arn(world),
    }
    policy = json.dumps({"Version": "2012-10-17", "Id": "EC2InterruptionPolicy", "Statement": [statement]})
    return Queue(_queue_arn(world), policy, rules=tuple(_rules(told["events"], release)))


def _rules(events: dict[str, list[str]], release: Version) -> list[tuple[str, str]]:
    found = []
    for source, kinds in events.items():
        for said in kinds:
            kind, _, since = said.partition(" (")
            if since and release < Version(1, 10):
                continue
            name = "".join(filter(str.isalnum, kind))
            found.append((f"{CLUSTER}-{name}", json.dumps({"source": [source], "detail-type": [kind]})))
    return sorted(found)


def _instance_type(name: str) -> InstanceType:
    return InstanceType(name, ("x86_64",), ("on-demand", "spot"))


def _key(world: World) -> Key:
    who = caller(world)
    everyone: dict[str, Any] = {"AWS": f"arn:{who.partition}:iam::{who.account}:root"}
    statement = {"Effect": "Allow", "Principal": everyone, "Action": "kms:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]})
    return Key(key_arn(world), enabled=True, managed_by_aws=False, policy=policy)
