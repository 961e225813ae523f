"""Nothing that can be read around Karpenter's role denies what its policies grant.

## Why it matters
A permissions boundary and the organization's service control policies have to allow a request as well, and
an explicit deny anywhere wins over every grant. The role's own policies look right then, and adding to them
changes nothing: `is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:…:instance/* with
an explicit deny in a service control policy`, or `because no permissions boundary allows the
ec2:CreateFleet action`.

Few accounts may read the organization's policies: its management account, and those that it delegates to. In
any other they are not weighed, and that stands in a line of its own, which neither passes nor fails; what the
boundary and the role's own denials say is judged all the same. `keystone-check --cloudtrail` and the
operator's log tell of what an organization refuses.

## How to fix
Allow the action in the boundary, or have the organization except the role; the finding names layer and
statement.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
- https://github.com/aws/karpenter-provider-aws/issues/7370
"""

from collections.abc import Iterator

from keystone_check.checks.granting import Asker, held_back
from keystone_check.checks.karpenting import askers, self_hosted
from keystone_check.model.aws import Caller
from keystone_check.model.cluster import Cluster
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
    """One finding for each action that is denied, or one for a Karpenter that nothing holds back."""
    eks = not self_hosted(cluster)
    around = Around(node_classes, node_pools, node_roles, instance_profiles, keys, nodes, caller, eks)
    yield from askers(operators, around, permissions, _judged)


def _judged(asker: Asker, _: Running, __: Installation) -> Iterator[Finding]:
    yield from held_back(asker)
