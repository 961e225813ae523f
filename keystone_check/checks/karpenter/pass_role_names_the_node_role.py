"""Karpenter may pass the role that its nodes get, path and all, to EC2.

## Why it matters
Launching an instance hands it a role, and EC2 asks whether whoever launches may: `iam:PassRole` on the ARN
of exactly that role, with its path. A policy that names another role, or the role without its path, gives
`UnauthorizedOperation: … is not authorized to perform: iam:PassRole on resource:
arn:aws:iam::…:role/KarpenterNodeRole-… because no identity-based policy allows the iam:PassRole action`, or
`adding role … to instance profile …, AccessDenied`. China's EC2 passes roles as `ec2.amazonaws.com` and as
`ec2.amazonaws.com.cn`: a condition on `iam:PassedToService` has to list both.

## How to fix
Name the node role's ARN, as `aws iam get-role` gives it, in the statement that the finding prints.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
- https://github.com/aws/karpenter-provider-aws/issues/6298
- https://github.com/aws/karpenter-provider-aws/issues/5444
- https://github.com/terraform-aws-modules/terraform-aws-eks/pull/3422
"""

from collections.abc import Iterator

from keystone_check.checks.granting import Asker, lacking
from keystone_check.checks.karpenting import askers
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Severity
from keystone_check.model.launching import InstanceProfile, Key, NodeRole
from keystone_check.model.operators import Node, NodeClass, NodePool, Operator
from keystone_check.model.permissions import Permissions
from keystone_check.operators.karpenter.installation import Installation
from keystone_check.operators.karpenter.running import Around, Running

severity = Severity.HIGH


def judge(
    operators: Subjects[Operator],
    node_classes: Subjects[NodeClass],
    node_pools: Subjects[NodePool] | Absent,
    node_roles: Subjects[NodeRole],
    instance_profiles: Subjects[InstanceProfile],
    keys: Subjects[Key],
    nodes: Subjects[Node],
    permissions: Subjects[Permissions],
    caller: Caller | Missing,
) -> Iterator[Finding]:
    """One finding for a Karpenter."""
    around = Around(node_classes, node_pools, node_roles, instance_profiles, keys, nodes, caller)
    yield from askers(operators, around, permissions, _judged)


def _judged(asker: Asker, one: Running, installed: Installation) -> Iterator[Finding]:
    roles = dict.fromkeys(it.node_role for it in installed.node_classes if it.node_role)
    passing = asker.asking(lambda need: need.action == "iam:PassRole").without_doubt()
    yield from lacking(passing, f"nodes get {' and '.join(roles)}" if roles else "")
