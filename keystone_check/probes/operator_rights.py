"""What the readers of facts about operators ask for, and which of it an installation makes them ask."""

from collections.abc import Iterator

from keystone_check.knowledge.store import controllers, facts
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.operators import KARPENTER, Operator
from keystone_check.probes.asks import AwsAsk, KubeAsk

LIST_DEPLOYMENTS = KubeAsk("list", "deployments", "apps", why="which Karpenter and ACK controllers run")
LIST_CRDS = KubeAsk(
    "list",
    "customresourcedefinitions",
    "apiextensions.k8s.io",
    why="which kinds of Karpenter and ACK are defined, in which versions",
)
LIST_NODE_CLASSES = KubeAsk(
    "list",
    "ec2nodeclasses",
    "karpenter.k8s.aws",
    why="what Karpenter launches: roles, networks, images, keys",
)
LIST_NODE_POOLS = KubeAsk("list", "nodepools", "karpenter.sh", why="what Karpenter may launch it for")
LIST_NODE_CLAIMS = KubeAsk("list", "nodeclaims", "karpenter.sh", why="what became of each launch")
GET_ROLE_MAP = KubeAsk("get", "configmaps", why="the roles of other accounts that ACK assumes")
LIST_ROLE_SELECTORS = KubeAsk(
    "list", "iamroleselectors", "services.k8s.aws", why="the roles that ACK assumes for namespaces"
)
GET_LOG = KubeAsk("get", "pods/log", why="what operators report as refused")

LIST_ROLE_POLICIES = AwsAsk(
    "iam", "ListRolePolicies", "iam:ListRolePolicies", "the inline policies of operators' roles"
)
GET_ROLE_POLICY = AwsAsk("iam", "GetRolePolicy", "iam:GetRolePolicy", "what each of them grants")
LIST_ATTACHED = AwsAsk(
    "iam",
    "ListAttachedRolePolicies",
    "iam:ListAttachedRolePolicies",
    "the managed policies of operators' and nodes' roles",
)
GET_POLICY = AwsAsk("iam", "GetPolicy", "iam:GetPolicy", "which version of a managed policy is in force")
GET_POLICY_VERSION = AwsAsk(
    "iam", "GetPolicyVersion", "iam:GetPolicyVersion", "what that version grants, boundaries included"
)
DESCRIBE_ORGANIZATION = AwsAsk(
    "organizations",
    "DescribeOrganization",
    "organizations:DescribeOrganization",
    "whether service control policies hold for the account",
)
LIST_PARENTS = AwsAsk(
    "organizations", "ListParents", "organizations:ListParents", "the units that the account lies in"
)
LIST_CONTROLS = AwsAsk(
    "organizations",
    "ListPoliciesForTarget",
    "organizations:ListPoliciesForTarget",
    "the service control policies at each of them",
)
DESCRIBE_POLICY = AwsAsk(
    "organizations", "DescribePolicy", "organizations:DescribePolicy", "what these policies deny"
)
GET_NODE_ROLE = AwsAsk("iam", "GetRole", "iam:GetRole", "the roles of nodes, and spot's service-linked role")
GET_PROFILE = AwsAsk("iam", "GetInstanceProfile", "iam:GetInstanceProfile", "the role that nodes start with")
GET_QUEUE_URL = AwsAsk("sqs", "GetQueueUrl", "sqs:GetQueueUrl", "whether the interruption queue is there")
GET_QUEUE = AwsAsk(
    "sqs", "GetQueueAttributes", "sqs:GetQueueAttributes", "policy and encryption of the interruption queue"
)
LIST_RULES = AwsAsk(
    "events", "ListRuleNamesByTarget", "events:ListRuleNamesByTarget", "the rules that feed that queue"
)
DESCRIBE_RULE = AwsAsk("events", "DescribeRule", "events:DescribeRule", "which events they let through")
FIND_SUBNETS = AwsAsk("ec2", "DescribeSubnets", "ec2:DescribeSubnets", "what subnetSelectorTerms find")
FIND_GROUPS = AwsAsk(
    "ec2", "DescribeSecurityGroups", "ec2:DescribeSecurityGroups", "what securityGroupSelectorTerms find"
)
FIND_IMAGES = AwsAsk("ec2", "DescribeImages", "ec2:DescribeImages", "what amiSelectorTerms find")
DESCRIBE_TYPES = AwsAsk(
    "ec2",
    "DescribeInstanceTypes",
    "ec2:DescribeInstanceTypes",
    "whether the region has the instance types that node pools name",
)
DESCRIBE_KEY = AwsAsk("kms", "DescribeKey", "kms:DescribeKey", "whether the volumes' keys can be used")
GET_KEY_POLICY = AwsAsk("kms", "GetKeyPolicy", "kms:GetKeyPolicy", "whom these keys are open to")

SIMULATE = AwsAsk(
    "iam",
    "SimulatePrincipalPolicy",
    "iam:SimulatePrincipalPolicy",
    "what IAM itself decides on the requests of operators, for --second-opinion",
)

OF_OPERATORS: dict[str, tuple[KubeAsk | AwsAsk, ...]] = {
    "operators": (LIST_DEPLOYMENTS,),
    "crds": (LIST_CRDS,),
    "node_classes": (LIST_NODE_CLASSES,),
    "node_pools": (LIST_NODE_POOLS,),
    "node_claims": (LIST_NODE_CLAIMS,),
    "role_map": (GET_ROLE_MAP, LIST_ROLE_SELECTORS),
    "permissions": (
        LIST_ROLE_POLICIES,
        GET_ROLE_POLICY,
        LIST_ATTACHED,
        GET_POLICY,
        GET_POLICY_VERSION,
        DESCRIBE_ORGANIZATION,
        LIST_PARENTS,
        LIST_CONTROLS,
        DESCRIBE_POLICY,
    ),
    "node_roles": (GET_NODE_ROLE, LIST_ATTACHED),
    "instance_profiles": (GET_PROFILE,),
    "queues": (GET_QUEUE_URL, GET_QUEUE, LIST_RULES, DESCRIBE_RULE),
    "spot_role": (GET_NODE_ROLE,),
    "selections": (FIND_SUBNETS, FIND_GROUPS, FIND_IMAGES),
    "instance_types": (DESCRIBE_TYPES,),
    "keys": (DESCRIBE_KEY, GET_KEY_POLICY),
    "opinions": (SIMULATE,),
}
"""By field of the World. What they share with other facts stands with those."""

OF_KARPENTER = frozenset(
    {
        "node_classes",
        "node_pools",
        "node_claims",
        "nodes",
        "node_roles",
        "instance_profiles",
        "queues",
        "spot_role",
        "selections",
        "instance_types",
        "keys",
        "dry_runs",
    }
)
OF_ACK = frozenset({"ack_kinds", "role_map"})
OF_ANY = frozenset({"crds", "permissions", "denials", "opinions"})
OPERATED = OF_KARPENTER | OF_ACK | OF_ANY
"""The fields for which nothing is asked where no operator of theirs runs."""


def idle(operators: Subjects[Operator] | Missing) -> frozenset[str]:
    """Those of them that ask for nothing where these operators run; none where nobody could say."""
    if isinstance(operators, Missing):
        return frozenset()
    products = {operator.product for _, operator in operators.seen()}
    return frozenset().union(
        OF_KARPENTER if KARPENTER not in products else (),
        OF_ACK if not products - {KARPENTER} else (),
        OF_ANY if not products else (),
    )


def of_kinds(operators: Subjects[Operator] | Missing) -> Iterator[KubeAsk]:
    """The listings of the kinds of those controllers of ACK that run."""
    products = {it.product for _, it in operators.seen()} if isinstance(operators, Subjects) else set()
    for service in sorted(product.removeprefix("ack-") for product in products - {KARPENTER}):
        kinds = facts("ack", service)["kinds"] if service in controllers() else {}
        for told in kinds.values():
            yield KubeAsk(
                "list", told["plural"], told["group"], why="the resources of ACK and their conditions"
            )
