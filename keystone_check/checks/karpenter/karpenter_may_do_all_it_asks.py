"""The role grants all that this Karpenter asks of AWS, in its version and with its settings.

## Why it matters
Karpenter asks for other actions in every few releases: `iam:ListInstanceProfiles` from 1.7,
`ec2:DescribePlacementGroups` from 1.11 for placement groups, `ec2:DescribeInstanceStatus` from 1.12. A role
of the release before then fails on one of them, and nodes do not come up. It is seen as

- `is not authorized to perform: ec2:CreateFleet on resource: arn:aws:ec2:…:launch-template/* because no
  identity-based policy allows the ec2:CreateFleet action`, with the node class saying
  `ValidationSucceeded=False`, reason `CreateFleetAuthCheckFailed`: `Controller isn't authorized to call
  ec2:CreateFleet`
- reason `RunInstancesAuthCheckFailed`: `Controller isn't authorized to call ec2:RunInstances`
- `is not authorized to perform: ec2:CreateTags on resource: arn:aws:ec2:…:spot-instances-request/*`
- `tagging nodeclaim, tagging instance, UnauthorizedOperation`: only tagging on creation is granted
- `listing instance profiles, operation error IAM: ListInstanceProfiles`, after an upgrade to 1.7
- `ec2:DescribeInstanceStatus permission is not allowed, update the IAM policy and restart the Karpenter
  deployment`, after an upgrade to 1.12; it has to be restarted once the role is mended
- `updating on-demand pricing, AccessDeniedException` and `updating spot pricing, UnauthorizedOperation`: it
  goes on
- `failed to discover AMIs for alias`: `ssm:GetParameter` is denied, which the message does not say
- `LimitExceeded: Cannot exceed quota for PolicySize: 6144`, when the policy is written: the old one stays
  attached

Each request is asked of the role's policies with the resource and the tags that Karpenter sends, so a
condition on a tag that it does not set is found as well. Passing the node role and keys of volumes have
checks of their own.

## How to fix
`keystone-check --policy karpenter` prints the least policies for what runs here, each within AWS's 6,144
characters; add the statement that the finding names, or attach them all.

## References
- https://karpenter.sh/docs/reference/cloudformation/
- https://github.com/aws/karpenter-provider-aws/issues/7953
- https://github.com/kubernetes-sigs/karpenter/issues/2813
- https://github.com/terraform-aws-modules/terraform-aws-eks/issues/3512
"""

from collections.abc import Iterator

from keystone_check.checks.granting import Asker, lacking
from keystone_check.checks.karpenting import askers, self_hosted
from keystone_check.knowledge.store import minors
from keystone_check.model.aws import Caller
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Severity
from keystone_check.model.launching import InstanceProfile, Key, NodeRole
from keystone_check.model.operators import Node, NodeClass, NodePool, Operator
from keystone_check.model.permissions import Permissions
from keystone_check.operators.karpenter.installation import Installation
from keystone_check.operators.karpenter.running import Around, Running
from keystone_check.operators.karpenter.upcoming import added, too_long
from keystone_check.operators.need import Need

severity = Severity.HIGH
ELSEWHERE = ("iam:PassRole",)


def judge(
    operators: Subjects[Operator],
    node_classes: Subjects[NodeClass] | Absent,
    node_pools: Subjects[NodePool] | Absent,
    node_roles: Subjects[NodeRole],
    instance_profiles: Subjects[InstanceProfile],
    keys: Subjects[Key],
    nodes: Subjects[Node],
    permissions: Subjects[Permissions],
    cluster: Cluster,
    caller: Caller | Missing,
) -> Iterator[Finding]:
    """One finding for each action that is missing, or one for a Karpenter that lacks none."""
    eks = not self_hosted(cluster)
    around = Around(node_classes, node_pools, node_roles, instance_profiles, keys, nodes, caller, eks)
    yield from askers(operators, around, permissions, _judged)


def _judged(asker: Asker, one: Running, installed: Installation) -> Iterator[Finding]:
    asked = asker.asking(_here)
    yield from lacking(asked, _more(asked, one, installed))


def _here(need: Need) -> bool:
    return need.action not in ELSEWHERE and not need.action.startswith("kms:")


def _more(asker: Asker, one: Running, installed: Installation) -> str:
    """What else is worth knowing: the next release, and the limit that kept the last policy out."""
    if one.doubt:
        return ""
    if asker.weighed().missing:
        return too_long(installed)
    newest = tuple(minors())[-1]
    lacks = added(installed, newest, asker.permissions)
    return f"{newest} will ask for {', '.join(lacks)} as well" if lacks else ""
