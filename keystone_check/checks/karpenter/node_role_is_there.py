"""The role that node classes give to nodes exists.

## Why it matters
Karpenter adds the role to an instance profile and passes it to EC2. Where there is no role of that name in
the controller's account the instance profile stays empty, `InstanceProfileReady` never becomes True, and no
node comes up.

## How to fix
Make the role, or write the name of the one that exists into `spec.role` of the EC2NodeClass.

## References
- https://karpenter.sh/docs/concepts/nodeclasses/
- https://github.com/aws/karpenter-provider-aws/issues/5444
"""

from collections.abc import Iterator

from keystone_check.checks.karpenting import by_hand
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds
from keystone_check.model.launching import NodeRole
from keystone_check.model.operators import NodeClass
from keystone_check.operators.karpenter.running import node_role

severity = Severity.HIGH


def judge(node_classes: Subjects[NodeClass], node_roles: Subjects[NodeRole]) -> Iterator[Finding]:
    """One finding for each node class that names a role."""
    for name, node_class in node_classes:
        if isinstance(node_class, Absent | Missing):
            yield gap(name, node_class)
        elif node_class.role:
            yield _judged(name, node_class, node_role(node_class.role, node_roles))


def _judged(name: str, node_class: NodeClass, role: NodeRole | Absent | Missing) -> Finding:
    match role:
        case NodeRole():
            return holds(name)
        case Missing():
            return gap(name, role)
        case Absent():
            return broken(
                name,
                f"its nodes get role {node_class.role}, which does not exist",
                Evidence("iam:GetRole", f"a role {node_class.role}", role.because),
                by_hand(
                    "make the role, or name the one that exists",
                    "which role nodes are meant to have is not known here",
                    f"kubectl edit ec2nodeclass {name}: spec.role",
                    f"or: aws iam create-role --role-name {node_class.role.rpartition('/')[2]} "
                    "with a trust policy for ec2.amazonaws.com",
                ),
            )
