"""An ACK controller runs as somebody else, or not at all, or AWS's services ask for more in its name."""

from keystone_check.model.world import World
from keystone_check.sandbox.faults.ack_policies import DENIED, S3, STUCK, UP, lacking, stuck
from keystone_check.sandbox.faults.fault import fault
from keystone_check.sandbox.faults.operating import using, with_denial, with_operator, with_setting
from keystone_check.sandbox.staffing import caller

DATABASES, FUNCTIONS = "dbinstances.rds.services.k8s.aws", "functions.lambda.services.k8s.aws"
NODE_GROUPS = "nodegroups.eks.services.k8s.aws"
LAMBDA, RDS, EKS = using("lambda", "Function"), using("rds", "DBInstance"), using("eks", "Nodegroup")


@fault(on=LAMBDA, breaks=("ack_uses_its_own_role",))
def ack_acts_as_its_node(world: World) -> World:
    """The controller's pod was never injected, and asks AWS as the node that it runs on."""
    account = caller(world).account
    text = (
        f"AccessDenied: User: arn:aws:sts::{account}:assumed-role/node-role/i-0fedcba9876543210 is not "
        f"authorized to perform: sts:AssumeRole on resource: arn:aws:iam::{account}:role/ack-deployer"
    )
    return with_denial(world, text)


@fault(on=using("kafka", "Cluster"), breaks=("ack_uses_its_own_role",))
def ack_has_static_keys(world: World) -> World:
    """The controller was given a Secret with keys, and the role that grants everything is not used."""
    return with_operator(world, static_keys=True)


@fault(on=S3, breaks=(UP,))
def ack_ends_at_start(world: World) -> World:
    """The controller ends at start, again and again: STS does not take its credentials."""
    return with_operator(world, ready=0)


@fault(on=S3, breaks=("ack_region_is_set", UP))
def ack_has_no_region(world: World) -> World:
    """The umbrella chart's values stand under another key, and no region reaches the controller."""
    return with_operator(with_setting(world, AWS_REGION=""), ready=0)


@fault(on=EKS, breaks=(STUCK,))
def node_group_asks_for_the_roles_policies(world: World) -> World:
    """EKS looks at the node role's policies in the caller's name."""
    said = lacking(world, "iam:ListAttachedRolePolicies", "role node")
    return stuck(world, NODE_GROUPS, said)


@fault(on=EKS, breaks=(STUCK,))
def node_group_asks_for_subnets(world: World) -> World:
    """EKS looks at subnets in the caller's name."""
    said = (
        f"You are not authorized to perform ec2:DescribeSubnets. {lacking(world, 'ec2:DescribeSubnets', '*')}"
    )
    return stuck(world, NODE_GROUPS, said)


@fault(on=LAMBDA, breaks=(DENIED,))
def function_asks_for_its_image(world: World) -> World:
    """Lambda reads the image of a function in the caller's name."""
    who = caller(world)
    image = f"arn:aws:ecr:{who.region}:{who.account}:repository/app"
    return with_denial(world, lacking(world, "ecr:BatchGetImage", image))


@fault(on=LAMBDA, breaks=(STUCK,))
def function_asks_for_the_repositorys_policy(world: World) -> World:
    """Lambda wants to write the policy of an image's repository in the caller's name, and does not say so."""
    return stuck(world, FUNCTIONS, "AccessDeniedException: status code: 403, request id: 0b1f7c1e")


@fault(on=RDS, breaks=(STUCK,))
def database_asks_for_a_secret(world: World) -> World:
    """A database whose password RDS manages takes a secret and a key."""
    return stuck(world, DATABASES, lacking(world, "secretsmanager:CreateSecret", "rds!db-data"))


@fault(on=RDS, breaks=(DENIED,))
def database_asks_for_the_default_key(world: World) -> World:
    """RDS looks at the default key of Secrets Manager too, when another one is given."""
    said = lacking(world, "kms:DescribeKey", "alias/secretsmanager")
    return with_denial(world, f"insufficient permissions on the KMS key, {said}")


@fault(on=RDS, breaks=(STUCK,))
def account_never_had_a_database(world: World) -> World:
    """The account has no service-linked role for RDS."""
    said = (
        "api error InvalidParameterValue: Unable to create the resource. Verify that you have permission to "
        "create service linked role. Otherwise wait and try again later"
    )
    return stuck(world, DATABASES, said)
