"""An ACK controller's role grants something else than its resources take, or something around it says no."""

from dataclasses import replace

from keystone_check.model.facts import Subjects
from keystone_check.model.operators import Condition
from keystone_check.model.world import World
from keystone_check.sandbox.faults.fault import fault
from keystone_check.sandbox.faults.operating import (
    Statement,
    operator_of,
    policy,
    using,
    with_boundary,
    with_denial,
    with_inline,
    with_kind,
    with_operator,
    with_setting,
    with_unread_controls,
    without_action,
)
from keystone_check.sandbox.staffing import caller, seen

MAY = "ack_may_reconcile_its_kinds"
STUCK = "no_ack_resource_is_stuck"
DENIED = "no_denial_is_reported_by_ack"
UP = "ack_controllers_are_up"
EVERYTHING: Statement = {"Sid": "All", "Effect": "Allow", "Action": ["*"], "Resource": ["*"]}
OTHER = "444455556666"
OTHERS_ROLE = f"arn:aws:iam::{OTHER}:role/ack-deployer"
BUCKETS, ENTRIES = "buckets.s3.services.k8s.aws", "accessentries.eks.services.k8s.aws"
ROLES, GROUPS = "roles.iam.services.k8s.aws", "securitygroups.ec2.services.k8s.aws"
S3, IAM = using("s3", "Bucket"), using("iam", "Role")


def who_asks(world: World) -> str:
    """The session that a refusal names."""
    _, operator = operator_of(world)
    name = operator.role_arn.rpartition("/")[2]
    return f"User: arn:aws:sts::{caller(world).account}:assumed-role/{name}/1764000000000000000"


def lacking(world: World, action: str, resource: str) -> str:
    """The text of a refusal for want of a grant."""
    return (
        f"api error AccessDenied: {who_asks(world)} is not authorized to perform: {action} "
        f"on resource: {resource} because no identity-based policy allows the {action} action"
    )


def stuck(world: World, kind: str, message: str, type: str = "ACK.Recoverable", space: str = "app") -> World:
    """The world in which the resource of this kind has such a condition."""
    return with_kind(world, kind, stuck=((f"{space}/data", Condition(type, "True", "", message)),))


@fault(on=S3, breaks=(MAY, STUCK))
def ack_may_not_tag_buckets(world: World) -> World:
    """The role was made for a release that created buckets without tags."""
    world = without_action(world, "s3:TagResource", "s3:UntagResource", "s3:ListTagsForResource")
    return stuck(world, BUCKETS, lacking(world, "s3:TagResource", '"arn:aws:s3:::data"'))


@fault(on=S3, breaks=(MAY, STUCK))
def ack_may_not_read_buckets(world: World) -> World:
    """The role may create buckets, and not read what else a bucket has; S3 does not say what it refused."""
    world = without_action(world, "s3:GetBucketPolicy", "s3:GetBucketCORS")
    said = "AccessDenied: Access Denied status code: 403, request id: 7M4B2X9QHTZ1N3KD, host id: …"
    return stuck(world, BUCKETS, said)


@fault(on=using("ec2", "SecurityGroup"), breaks=(MAY, STUCK, DENIED))
def ack_may_not_revoke_the_default_rule(world: World) -> World:
    """A security group is created, and the rule that AWS puts into it cannot be taken out."""
    world = without_action(world, "ec2:RevokeSecurityGroupEgress")
    text = (
        "operation error EC2: RevokeSecurityGroupEgress, https response error StatusCode: 403, api error "
        "UnauthorizedOperation: You are not authorized to perform this operation."
    )
    world = with_denial(world, text)
    return stuck(world, GROUPS, "Resource already exists but is not managed by ACK", "ACK.Terminal")


@fault(on=using("eks", "AccessEntry"), breaks=(MAY, STUCK))
def ack_may_not_create_access_entries(world: World) -> World:
    """The role may look at clusters, and not at who may enter them."""
    entry = ("CreateAccessEntry", "DescribeAccessEntry", "UpdateAccessEntry", "DeleteAccessEntry")
    world = without_action(world, *(f"eks:{it}" for it in entry))
    who = caller(world)
    cluster = f"arn:aws:eks:{who.region}:{who.account}:cluster/data"
    return stuck(world, ENTRIES, lacking(world, "eks:CreateAccessEntry", cluster))


@fault(on=IAM, breaks=(MAY, STUCK))
def ack_may_not_tag_roles(world: World) -> World:
    """A role is created, and reading it again is refused: it looks as if it had been there before."""
    world = without_action(world, "iam:TagRole", "iam:ListRolePolicies")
    return stuck(world, ROLES, "Resource already exists", "ACK.Terminal")


@fault(on=using("iam", "Policy"), breaks=(MAY,))
def ack_has_the_recommended_policy_alone(world: World) -> World:
    """The role has the policy that the controller recommended, which leaves an action out."""
    return without_action(world, "iam:ListPolicyTags")


@fault(on=using("emrcontainers", "VirtualCluster"), breaks=(MAY,))
def ack_has_too_small_a_recommended_policy(world: World) -> World:
    """The role has the policy that emrcontainers' controller recommends, which does not suffice."""
    return without_action(world, "emr-containers:UntagResource", "emr-containers:CreateVirtualCluster")


@fault(on=using("kafka", "Cluster"), breaks=("nothing_holds_ack_back", DENIED))
def ack_is_denied_by_its_boundary(world: World) -> World:
    """The role has full access to MSK, and a boundary that knows nothing of it."""
    allowed = {"Sid": "Storage", "Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]}
    world = with_boundary(world, policy(allowed))
    text = (
        f"api error AccessDeniedException: {who_asks(world)} is not authorized to perform: "
        "kafka:CreateCluster on resource: *"
    )
    return with_denial(world, text)


@fault(on=S3, breaks=("simulator_agrees_about_ack",))
def ack_is_denied_by_an_scp_that_nobody_here_may_read(world: World) -> World:
    """A service control policy denies making buckets, and only the organization may read that."""
    return with_unread_controls(world, "s3:CreateBucket")


@fault(on=using("lambda", "Function", roles=("function",)), breaks=("ack_may_pass_the_roles_it_names",))
def ack_may_not_pass_a_role(world: World) -> World:
    """A function names its role, and the recommended policy grants nothing on passing roles."""
    return without_action(world, "iam:PassRole")


@fault(on=IAM, breaks=("ack_may_assume_the_mapped_roles", STUCK))
def ack_may_not_assume_the_mapped_role(world: World) -> World:
    """A namespace belongs to another account, and the role may not assume the one that is mapped to it."""
    world = replace(world, role_map=Subjects(((OTHER, OTHERS_ROLE),)))
    world = with_kind(world, ROLES, owners=(OTHER,))
    return stuck(world, ROLES, lacking(world, "iam:GetRole", "role ACKManagedRole1"), space=f"of-{OTHER}")


def _assuming(world: World) -> World:
    allowed = {"Sid": "Assume", "Effect": "Allow", "Action": ["sts:AssumeRole"], "Resource": [OTHERS_ROLE]}
    return with_inline(world, "assume", allowed)


@fault(on=S3, breaks=("every_owner_has_a_mapped_role",))
def owner_has_no_mapped_role(world: World) -> World:
    """A namespace belongs to an account for which the map has no entry."""
    world = replace(_assuming(world), role_map=Subjects(((OTHER, OTHERS_ROLE),)))
    return with_kind(world, BUCKETS, owners=(OTHER, "777788889999"), count=2)


@fault(on=S3, breaks=("every_owner_has_a_mapped_role",))
def owner_is_the_controllers_own_account(world: World) -> World:
    """A namespace names the controller's own account, and there is no map."""
    return with_kind(world, BUCKETS, owners=(caller(world).account,))


@fault(on=S3, breaks=("every_owner_has_a_mapped_role",))
def map_is_not_read_in_one_namespace(world: World) -> World:
    """The controller watches one namespace, and reads no map then."""
    world = replace(_assuming(world), role_map=Subjects(((OTHER, OTHERS_ROLE),)))
    return with_kind(with_setting(world, ACK_WATCH_NAMESPACE="app"), BUCKETS, owners=(OTHER,))


@fault(on=using("eks", "Cluster"), breaks=("every_owner_has_a_mapped_role",))
def selector_is_not_read(world: World) -> World:
    """There is an IAMRoleSelector, and its gate is off."""
    return replace(world, role_map=Subjects((("iamroleselectors/deployer", OTHERS_ROLE),)))


@fault(on=S3, breaks=("ack_policy_is_no_wider_than_needed",))
def ack_is_an_administrator(world: World) -> World:
    """Somebody gave the controller everything to make it work."""
    return with_inline(world, "everything", EVERYTHING)


@fault(on=S3, breaks=(), blocks=(MAY,))
def ack_is_newer_than_what_is_known(world: World) -> World:
    """The controller is of a release that nobody here has read yet."""
    _, operator = operator_of(world)
    return with_operator(world, image=f"{operator.image.rpartition(':')[0]}:9.0.0", label="9.0.0")


@fault(on=S3, breaks=("ack_crds_are_installed",))
def acks_crd_is_missing(world: World) -> World:
    """The chart's CRDs were left out."""
    return replace(
        world, crds=seen(world.crds).without(BUCKETS), ack_kinds=seen(world.ack_kinds).without(BUCKETS)
    )
