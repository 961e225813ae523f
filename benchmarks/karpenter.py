"""The workload of the law: Karpenter's six policies, and what one may ask of them."""

import json
from dataclasses import dataclass
from pathlib import Path

TEMPLATE = Path(__file__).parents[1] / "fixtures" / "iam" / "karpenter-1.14.json"
CALLER = "arn:aws:sts::111122223333:assumed-role/karpenter/1"
_ASKED = {
    "arc-zonal-shift": "GetManagedResource",
    "ec2": """CreateFleet CreateLaunchTemplate CreateTags DeleteLaunchTemplate DescribeCapacityReservations
        DescribeImages DescribeInstanceStatus DescribeInstanceTypeOfferings DescribeInstanceTypes
        DescribeInstances DescribeLaunchTemplates DescribePlacementGroups DescribeSecurityGroups
        DescribeSpotPriceHistory DescribeSubnets RunInstances TerminateInstances
        AttachVolume CreateVolume DeleteTags DeleteVolume DescribeAvailabilityZones DescribeVpcs
        ModifyInstanceAttribute RebootInstances StartInstances StopInstances""",
    "eks": "DescribeCluster AccessKubernetesApi CreateCluster DeleteCluster ListClusters",
    "iam": """AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile
        ListInstanceProfiles PassRole RemoveRoleFromInstanceProfile TagInstanceProfile
        CreateRole CreateServiceLinkedRole DeleteRole GetRole ListRoles PutRolePolicy UntagInstanceProfile""",
    "pricing": "GetProducts DescribeServices",
    "sqs": "DeleteMessage GetQueueUrl ReceiveMessage GetQueueAttributes SendMessage",
    "ssm": "GetParameter GetParameters PutParameter",
    "sts": "AssumeRole GetCallerIdentity",
}
"""Every action of the template, and others of the same services."""
ACTIONS = tuple(f"{service}:{name}" for service, names in _ASKED.items() for name in names.split())
_INSTANCE = "0abcdef0123456789"
RESOURCES = (
    "*",
    "arn:aws:ec2:eu-west-1::image/ami-" + _INSTANCE,
    *(
        f"arn:aws:ec2:eu-west-1:111122223333:{kind}-{_INSTANCE}"
        for kind in (
            "fleet/fleet",
            "instance/i",
            "launch-template/lt",
            "network-interface/eni",
            "subnet/subnet",
        )
    ),
    f"arn:aws:ec2:us-east-1:111122223333:instance/i-{_INSTANCE}",
    "arn:aws:eks:eu-west-1:111122223333:cluster/lab",
    "arn:aws:iam::111122223333:instance-profile/karpenter/eu-west-1/lab/1/lab_1",
    "arn:aws:iam::111122223333:role/KarpenterNodeRole-lab",
    "arn:aws:iam::111122223333:role/admin",
    "arn:aws:sqs:eu-west-1:111122223333:lab",
    "arn:aws:ssm:eu-west-1::parameter/aws/service/ami-amazon-linux-latest/x",
)


def _context(cluster: str, create: str) -> dict[str, str]:
    tags = {
        f"kubernetes.io/cluster/{cluster}": "owned",
        "eks:eks-cluster-name": cluster,
        "karpenter.sh/nodepool": "default",
        "karpenter.k8s.aws/ec2nodeclass": "default",
        "topology.kubernetes.io/region": "eu-west-1",
    }
    return {
        **{
            f"aws:{kind}/{tag}": value
            for kind in ("RequestTag", "ResourceTag")
            for tag, value in tags.items()
        },
        "aws:RequestedRegion": "eu-west-1",
        "aws:TagKeys": "Name",
        "ec2:CreateAction": create,
        "iam:PassedToService": "ec2.amazonaws.com",
    }


CONTEXTS = (_context("lab", "CreateFleet"), _context("other", "CopyImage"))
"""Of the cluster itself, and of one that the policies know nothing of."""


@dataclass(frozen=True, slots=True)
class Question:
    action: str
    resource: str
    context: dict[str, str]


QUESTIONS = tuple(
    Question(action, resource, context)
    for action in ACTIONS
    for resource in RESOURCES
    for context in CONTEXTS
)


def policies() -> tuple[str, ...]:
    """The texts of the six."""
    template = json.loads(TEMPLATE.read_text("utf-8"))
    return tuple(json.dumps(policy) for policy in template["policies"].values())
