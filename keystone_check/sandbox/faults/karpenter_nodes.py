"""What Karpenter's objects name in AWS is not there, or is not what nodes need."""

from dataclasses import replace

from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.operators import Condition, NodePool
from keystone_check.model.world import World
from keystone_check.sandbox.faults.fault import fault
from keystone_check.sandbox.faults.karpenter_policies import OBJECTS
from keystone_check.sandbox.faults.karpenter_settings import UP
from keystone_check.sandbox.faults.operating import (
    claim_says,
    one,
    policy,
    with_class,
    with_operator,
    with_pool,
    with_queue,
    with_setting,
)
from keystone_check.sandbox.karpenter import CLASS, CLUSTER, NODE_ROLE, POOL, TYPES
from keystone_check.sandbox.operators import with_karpenter
from keystone_check.sandbox.staffing import caller, seen

FINDS = "selectors_find_something"


@fault(on=with_karpenter, breaks=("node_role_is_there",))
def node_role_is_missing(world: World) -> World:
    """There is no role of the name that the node class gives to nodes."""
    gone = Absent(NODE_ROLE, f"there is no role {NODE_ROLE}")
    ((name, profile),) = seen(world.instance_profiles).entries
    emptied = Subjects(((name, replace(profile, roles=())),))
    return replace(world, node_roles=Subjects(((NODE_ROLE, gone),)), instance_profiles=emptied)


@fault(on=with_karpenter, breaks=("node_role_trusts_ec2",))
def node_role_trusts_ecs(world: World) -> World:
    """The nodes' role was made for tasks of ECS."""
    role = one(world.node_roles, NODE_ROLE)
    trust = role.trust.replace("ec2.amazonaws.com", "ecs-tasks.amazonaws.com")
    return replace(world, node_roles=Subjects(((NODE_ROLE, replace(role, trust=trust)),)))


@fault(on=with_karpenter, breaks=("instance_profile_is_there_or_can_be_made",))
def instance_profile_is_missing(world: World) -> World:
    """The node class names an instance profile that nobody made."""
    name = "nodes"
    gone = Absent(name, f"there is no instance profile {name}")
    world = with_class(world, role="", instance_profile=name, made_profile="")
    return replace(world, node_roles=Subjects(), instance_profiles=Subjects(((name, gone),)))


@fault(on=with_karpenter, breaks=(FINDS,))
def subnets_have_no_tag(world: World) -> World:
    """No subnet has the tag that the node class asks for."""
    return _selected(world, subnets=())


@fault(on=with_karpenter, breaks=(FINDS,))
def security_groups_have_no_tag(world: World) -> World:
    """No security group has the tag that the node class asks for."""
    return _selected(world, security_groups=())


@fault(on=with_karpenter, breaks=(FINDS,))
def image_was_deregistered(world: World) -> World:
    """The image that the node class names was deregistered."""
    return _selected(world, images=())


def _selected(world: World, **changed: tuple[str, ...]) -> World:
    found = one(world.selections, CLASS)
    return replace(world, selections=Subjects(((CLASS, replace(found, **changed)),)))


@fault(on=with_karpenter, breaks=("spot_has_its_linked_role", OBJECTS))
def account_never_used_spot(world: World) -> World:
    """A pool asks for spot in an account that never had a spot instance."""
    said = (
        "with fleet error(s), AuthFailure.ServiceLinkedRoleCreationNotPermitted: The provided credentials do "
        "not have permission to create the service-linked role for EC2 Spot Instances."
    )
    world = claim_says(world, Condition("Launched", "Unknown", "SpotSLRCreationFailed", said))
    return replace(world, spot_role=False)


@fault(on=with_karpenter, breaks=("interruption_queue_is_there",))
def queue_is_missing(world: World) -> World:
    """The queue that Karpenter is told does not exist."""
    gone = Absent(CLUSTER, f"there is no queue {CLUSTER}")
    return replace(world, queues=Subjects(((CLUSTER, gone),)))


@fault(on=with_karpenter, breaks=("interruption_queue_is_there", UP))
def queue_is_given_by_its_arn(world: World) -> World:
    """Karpenter is told the queue's ARN, where it takes a name."""
    arn = one(world.queues, CLUSTER).arn
    gone = Absent(arn, f"there is no queue {arn}")
    world = with_operator(with_setting(world, INTERRUPTION_QUEUE=arn), ready=0)
    return replace(world, queues=Subjects(((arn, gone),)))


@fault(on=with_karpenter, breaks=("queue_admits_eventbridge",))
def queue_has_no_policy(world: World) -> World:
    """The queue was made by hand, without a policy."""
    return with_queue(world, policy="")


@fault(on=with_karpenter, breaks=("queue_encryption_lets_events_in",))
def queue_is_encrypted_with_awss_key(world: World) -> World:
    """The queue is encrypted with the key that AWS manages for SQS."""
    ((known, _),) = seen(world.keys).entries
    key = one(world.keys, known)
    name = "alias/aws/sqs"
    managed = replace(key, arn=key.arn.replace("1234abcd", "5678efab"), managed_by_aws=True, policy=policy())
    world = with_queue(world, key=name)
    return replace(world, keys=Subjects(((name, managed), *seen(world.keys).entries)))


@fault(on=with_karpenter, breaks=("rules_target_the_queue",))
def spot_warnings_have_no_rule(world: World) -> World:
    """The rule for spot interruptions was disabled."""
    rules = one(world.queues, CLUSTER).rules
    return with_queue(world, rules=tuple(rule for rule in rules if "Spot" not in rule[0]))


@fault(on=with_karpenter, breaks=("node_pools_can_be_met",))
def instance_types_are_not_offered(world: World) -> World:
    """The pool names instance types that the region does not have."""
    gone = (Absent(name, f"{caller(world).region} has no instance type {name}") for name in TYPES)
    return replace(world, instance_types=Subjects(tuple(zip(TYPES, gone, strict=True))))


@fault(on=with_karpenter, breaks=("node_pools_can_be_met",))
def architecture_is_written_as_ec2s(world: World) -> World:
    """The pool asks for x86_64, which Kubernetes calls amd64."""
    return with_pool(world, "kubernetes.io/arch", "x86_64")


@fault(on=with_karpenter, breaks=("node_pools_can_be_met",))
def node_pool_names_no_class(world: World) -> World:
    """The pool names a node class that was deleted."""
    found = one(world.node_pools, POOL)
    assert isinstance(found, NodePool)
    return replace(world, node_pools=seen(world.node_pools).put(POOL, replace(found, node_class="former")))
