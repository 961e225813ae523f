"""Karpenter's role grants something else than Karpenter asks, or something around it says no."""

import json
from dataclasses import replace
from functools import partial

from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.operators import Condition
from keystone_check.model.opinion import WOULD_NOT
from keystone_check.model.world import World
from keystone_check.operators.version import Version
from keystone_check.probes.exchanges import SESSION_NAME
from keystone_check.sandbox.faults.fault import fault
from keystone_check.sandbox.faults.operating import (
    Statement,
    class_says,
    one,
    operator_of,
    policy,
    with_boundary,
    with_class,
    with_denial,
    with_held,
    with_inline,
    with_operator,
    with_setting,
    with_statement,
    with_statements,
    with_unread_controls,
    without_action,
)
from keystone_check.sandbox.karpenter import CLASS, NODE_ROLE
from keystone_check.sandbox.launching import permissions
from keystone_check.sandbox.operators import with_karpenter
from keystone_check.sandbox.staffing import caller, seen
from keystone_check.sandbox.variants import places

MAY = "karpenter_may_do_all_it_asks"
DENIED = "no_denial_is_reported_by_karpenter"
OBJECTS = "karpenters_objects_report_no_failure"
NOW_1_7 = partial(with_karpenter, minor="1.7")
NOW_1_12 = partial(with_karpenter, minor="1.12")
LONG = "platform-production-eu-central-one"
EVERYTHING: Statement = {"Sid": "All", "Effect": "Allow", "Action": ["*"], "Resource": ["*"]}


def _unauthorized(world: World, action: str, resource: str) -> str:
    _, operator = operator_of(world)
    name = operator.role_arn.rpartition("/")[2]
    account = caller(world).account
    return (
        f"UnauthorizedOperation: You are not authorized to perform this operation. User: arn:aws:sts::"
        f"{account}:assumed-role/{name}/1764000000000000000 is not authorized to perform: {action} "
        f"on resource: {resource} because no identity-based policy allows the {action} action"
    )


def _refused(world: World, action: str, resource: str, before: str = "") -> World:
    return with_denial(world, f"{before}{_unauthorized(world, action, resource)}")


@fault(on=with_karpenter, breaks=("pass_role_names_the_node_role", DENIED))
def karpenter_passes_another_role(world: World) -> World:
    """The statement for iam:PassRole names the node role of a guide, not the one that nodes get."""
    role = f"arn:aws:iam::{caller(world).account}:role/{NODE_ROLE}"
    world = with_statement(
        world, "AllowPassingInstanceRole", lambda it: it.update(Resource=role.replace(NODE_ROLE, "node"))
    )
    return _refused(world, "iam:PassRole", role)


@fault(on=with_karpenter, breaks=("pass_role_names_the_node_role",))
def karpenter_passes_the_role_without_its_path(world: World) -> World:
    """The node role has a path, which the statement for iam:PassRole leaves out."""
    found = one(world.node_roles, NODE_ROLE)
    moved = replace(found, arn=found.arn.replace(":role/", ":role/nodes/"))
    ((name, profile),) = seen(world.instance_profiles).entries
    return replace(
        world,
        node_roles=Subjects(((NODE_ROLE, moved),)),
        instance_profiles=Subjects(((name, replace(profile, roles=(moved.arn,))),)),
    )


def _in_china(world: World) -> World:
    return with_karpenter(places.china.apply(world))


@fault(on=_in_china, breaks=("pass_role_names_the_node_role",))
def karpenter_passes_to_one_service_in_china(world: World) -> World:
    """In China EC2 is passed roles under two names, and the statement's condition lists one."""
    one = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    return with_statement(world, "AllowPassingInstanceRole", lambda it: it.update(Condition=one))


@fault(on=with_karpenter, breaks=("pass_role_is_limited_to_ec2",))
def karpenter_passes_any_role(world: World) -> World:
    """The statement for iam:PassRole names every role."""
    return with_statement(world, "AllowPassingInstanceRole", lambda it: it.update(Resource="*"))


@fault(on=with_karpenter, breaks=(MAY, OBJECTS))
def karpenter_may_not_use_launch_templates(world: World) -> World:
    """The statement about fleets from launch templates asks for the tag of another cluster."""

    def edit(statements: list[Statement]) -> list[Statement]:
        for statement in statements:
            if statement["Sid"] == "AllowScopedEC2LaunchTemplateAccessActions":
                former = json.loads(json.dumps(statement["Condition"]).replace("lab", "former"))
                fleets = {"Sid": "Fleets", "Action": ["ec2:CreateFleet"], "Condition": former}
                statement["Action"] = ["ec2:RunInstances"]
                return [*statements, {**statement, **fleets}]
        return statements

    world = with_statements(world, edit)
    said = "Controller isn't authorized to call ec2:CreateFleet"
    return class_says(world, Condition("ValidationSucceeded", "False", "CreateFleetAuthCheckFailed", said))


@fault(on=with_karpenter, breaks=(MAY, OBJECTS))
def karpenter_may_not_run_instances(world: World) -> World:
    """The role may create fleets, and not run instances."""
    world = without_action(world, "ec2:RunInstances")
    said = "Controller isn't authorized to call ec2:RunInstances"
    return class_says(world, Condition("ValidationSucceeded", "False", "RunInstancesAuthCheckFailed", said))


@fault(on=with_karpenter, breaks=(MAY, DENIED))
def karpenter_may_not_tag_spot_requests(world: World) -> World:
    """The statement for tagging on creation leaves spot requests out."""

    def edit(statement: Statement) -> None:
        statement["Resource"] = [it for it in statement["Resource"] if "spot-instances-request" not in it]

    world = with_statement(world, "AllowScopedResourceCreationTagging", edit)
    who = caller(world)
    spot = f"arn:aws:ec2:{who.region}:{who.account}:spot-instances-request/*"
    return _refused(world, "ec2:CreateTags", spot)


@fault(on=with_karpenter, breaks=(MAY, DENIED))
def karpenter_may_not_tag_what_runs(world: World) -> World:
    """The role may tag what it creates, and not what runs already."""
    world = without_action(world, "ec2:CreateTags", sid="AllowScopedResourceTagging")
    who = caller(world)
    instance = f"arn:aws:ec2:{who.region}:{who.account}:instance/i-0123456789abcdef0"
    return _refused(world, "ec2:CreateTags", instance, "tagging nodeclaim, tagging instance, ")


@fault(on=NOW_1_7, breaks=(MAY, DENIED))
def karpenter_was_upgraded_to_1_7_alone(world: World) -> World:
    """Karpenter was upgraded to 1.7, and its policy is that of 1.6."""
    former = permissions(world, Version(1, 6, 8))
    world, who = with_held(world, lambda _: former), caller(world)
    profiles = f"arn:aws:iam::{who.account}:instance-profile/karpenter/{who.region}/lab/"
    before = (
        "listing instance profiles, operation error IAM: ListInstanceProfiles, "
        "https response error StatusCode: 403, "
    )
    return _refused(world, "iam:ListInstanceProfiles", profiles, before)


@fault(on=NOW_1_7, breaks=(MAY,))
def karpenters_policy_was_too_long(world: World) -> World:
    """The policy of 1.7 is too long for the cluster's name, so that of 1.6 is still attached."""
    former = permissions(world, Version(1, 6, 8))

    def named(held: Subjects[str]) -> Subjects[str]:
        return Subjects(tuple((name, _of_cluster(text, LONG)) for name, text in held.seen()))

    held = replace(former, inline=named(seen(former.inline)), attached=named(seen(former.attached)))
    return with_setting(with_held(world, lambda _: held), CLUSTER_NAME=LONG)


def _of_cluster(text: str, name: str) -> str:
    return text.replace('"lab"', f'"{name}"').replace(
        "kubernetes.io/cluster/lab", f"kubernetes.io/cluster/{name}"
    )


@fault(on=NOW_1_12, breaks=(MAY, DENIED))
def karpenter_was_upgraded_to_1_12_alone(world: World) -> World:
    """Karpenter was upgraded to 1.12, and its policy does not know of instance status."""
    world = without_action(world, "ec2:DescribeInstanceStatus")
    text = (
        "ec2:DescribeInstanceStatus permission is not allowed, update the IAM policy and restart the "
        "Karpenter deployment to enable instance status health checks"
    )
    return with_denial(world, text)


@fault(on=with_karpenter, breaks=(MAY, DENIED))
def karpenter_may_not_read_prices(world: World) -> World:
    """The role may not read the price list; Karpenter goes on with the prices that it brought."""
    world = without_action(world, "pricing:GetProducts")
    return _refused(world, "pricing:GetProducts", "*", "updating on-demand pricing, ")


@fault(on=with_karpenter, breaks=(MAY, DENIED))
def karpenter_may_not_read_spot_prices(world: World) -> World:
    """The role may not read the history of spot prices."""
    world = without_action(world, "ec2:DescribeSpotPriceHistory")
    text = "updating spot pricing, UnauthorizedOperation: You are not authorized to perform this operation."
    return with_denial(world, text)


@fault(on=with_karpenter, breaks=(MAY,))
def karpenter_may_not_read_its_parameter(world: World) -> World:
    """Images come from an SSM parameter of one's own, and the template grants AWS's alone."""
    unasked = Absent(CLASS, f"{CLASS} takes its images from an alias or an SSM parameter")
    found = replace(one(world.selections, CLASS), images=unasked)
    world = with_class(world, images=(), parameters=("/images/node",))
    return replace(world, selections=Subjects(((CLASS, found),)))


@fault(on=with_karpenter, breaks=(MAY,))
def karpenter_may_not_read_its_queue(world: World) -> World:
    """The role was made for a move from Cluster Autoscaler, whose policy has nothing on SQS."""
    return without_action(world, "sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage")


@fault(on=with_karpenter, breaks=("nothing_holds_karpenter_back", DENIED))
def karpenter_is_denied_by_an_scp(world: World) -> World:
    """A service control policy denies starting instances."""
    deny = {"Sid": "NoInstances", "Effect": "Deny", "Action": ["ec2:RunInstances"], "Resource": ["*"]}
    full = ("p-full", policy(EVERYTHING))
    levels = (Subjects((full,)), Subjects((full, ("p-own", policy(deny)))))
    world = with_held(world, lambda held: replace(held, controls=levels))
    who = caller(world)
    instances = f"arn:aws:ec2:{who.region}:{who.account}:instance/*"
    text = _unauthorized(world, "ec2:RunInstances", instances).partition(" because ")[0]
    text = f"{text} with an explicit deny in a service control policy"
    return with_denial(world, text)


@fault(on=with_karpenter, breaks=("simulator_agrees_about_karpenter",))
def karpenter_is_denied_by_an_scp_that_nobody_here_may_read(world: World) -> World:
    """A service control policy denies reading the queue, and only the organization may read that."""
    return with_unread_controls(world, "sqs:DeleteMessage", "sqs:ReceiveMessage")


@fault(on=with_karpenter, breaks=("dry_runs_agree_about_karpenter",))
def karpenter_is_refused_on_its_way_to_ec2(world: World) -> World:
    """The policy of the VPC endpoint to EC2 allows reading, and starting instances not."""
    action = "ec2:RunInstances"
    ((name, runs),) = seen(world.dry_runs).seen()
    who = f"arn:aws:sts::{caller(world).account}:assumed-role/karpenter/{SESSION_NAME}"
    message = (
        f"You are not authorized to perform this operation. User: {who} is not authorized to perform: "
        f"{action} because no VPC endpoint policy allows the {action} action"
    )
    made = tuple(
        replace(it, code=WOULD_NOT, message=message) if it.operation == action else it for it in runs.made
    )
    return replace(world, dry_runs=Subjects(((name, replace(runs, made=made)),)))


@fault(on=with_karpenter, breaks=("nothing_holds_karpenter_back",))
def karpenter_is_denied_by_its_boundary(world: World) -> World:
    """The role has a boundary that allows EC2 and nothing else."""
    allowed = {"Sid": "Compute", "Effect": "Allow", "Action": ["ec2:*"], "Resource": ["*"]}
    return with_boundary(world, policy(allowed))


@fault(on=with_karpenter, breaks=("karpenter_policy_is_no_wider_than_needed",))
def karpenter_may_end_anybodys_instances(world: World) -> World:
    """A statement for deletions has lost its condition on the cluster's tag."""
    return with_statement(world, "AllowScopedDeletion", lambda it: it.pop("Condition"))


@fault(
    on=with_karpenter,
    breaks=("karpenter_policy_is_no_wider_than_needed", "pass_role_is_limited_to_ec2"),
)
def karpenter_is_an_administrator(world: World) -> World:
    """Somebody gave Karpenter everything to make it work."""
    return with_inline(world, "everything", EVERYTHING)


@fault(on=with_karpenter, breaks=("volume_keys_admit_karpenter",))
def karpenter_may_not_use_the_volume_key(world: World) -> World:
    """Volumes are encrypted with a key of one's own, and the role has the template's policies alone."""
    return with_held(world, lambda held: replace(held, inline=Subjects()))


@fault(on=with_karpenter, breaks=("volume_keys_admit_karpenter",))
def volume_key_is_disabled(world: World) -> World:
    """The volumes' key was disabled."""
    ((name, key),) = seen(world.keys).entries
    return replace(world, keys=Subjects(((name, replace(key, enabled=False)),)))


@fault(on=with_karpenter, breaks=("volume_keys_admit_karpenter",))
def volume_key_is_of_another_account(world: World) -> World:
    """Volumes are encrypted with a key of another account, which does not admit this one."""
    ((name, _),) = seen(world.keys).entries
    key = one(world.keys, name)
    account = caller(world).account
    other = name.replace(account, "444455556666")
    key = replace(key, arn=other, policy=key.policy.replace(account, "444455556666"))
    world = replace(world, keys=Subjects(((other, key),)))
    statement = "AllowVolumeKeys"
    return with_statement(with_class(world, keys=(other,)), statement, lambda it: it.update(Resource=[other]))


@fault(
    on=with_karpenter,
    breaks=(),
    blocks=(MAY, "karpenter_crds_fit_the_controller", "kubernetes_is_in_karpenters_range"),
)
def karpenter_is_newer_than_what_is_known(world: World) -> World:
    """Karpenter is of a release that nobody here has read yet."""
    return with_operator(world, image="public.ecr.aws/karpenter/controller:1.99.0", label="1.99.0")


@fault(on=with_karpenter, breaks=(DENIED,))
def karpenter_assumes_itself(world: World) -> World:
    """A setting of a former release has Karpenter assume its own role."""
    _, operator = operator_of(world)
    text = (
        "Checking EC2 API connectivity, AccessDenied: User: arn:aws:sts::ACCOUNT:assumed-role/karpenter/1 "
        f"is not authorized to perform: sts:AssumeRole on resource: {operator.role_arn}"
    )
    return with_denial(world, text)
