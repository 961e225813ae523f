"""IAM's policy simulator answers about Karpenter's role as its policies say.

## Why it matters
keystone-check weighs the policies that it can read. AWS has all of them: service control policies that only
the organization's own accounts may read, and a policy language that we may have read wrongly. With
`--second-opinion` IAM's own policy simulator judges the very same requests, and where both differ one of us
is wrong. Seen first in Karpenter's log: `is not authorized to perform: ec2:RunInstances on resource: …
with an explicit deny in a service control policy`, although the role's policies grant it.

It is asked with `--second-opinion` only, many requests in one question, and it calls nothing. The right is
`iam:SimulatePrincipalPolicy`. AWS itself says that its results can differ from the live environment:

- Policies of resources (keys, queues, buckets) are not weighed for roles, neither there nor in this check.
- A condition key that nobody told it counts as missing. Such refusals are told as not compared; but of a
  service control policy's conditions the simulator did not tell which key it lacked, and for years it left
  such policies out.
- Resource control policies, and the policies of VPC endpoints, are not part of it.

What could not be compared is told in a line of its own, which neither passes nor fails.

## How to fix
Believe the layer that AWS names: have the organization except the role, or widen the boundary. Where AWS
allows what is refused here, and a real call works, keep a snapshot (`--save FILE`) and report it.

## References
- https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
- https://github.com/aws/aws-sdk/issues/102
- https://github.com/aws/aws-cli/issues/10525
"""

from collections.abc import Iterator

from keystone_check.checks.granting import Asker
from keystone_check.checks.karpenting import askers, self_hosted
from keystone_check.checks.opining import second_opinion
from keystone_check.model.aws import Caller
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Severity
from keystone_check.model.launching import InstanceProfile, Key, NodeRole
from keystone_check.model.operators import Node, NodeClass, NodePool, Operator
from keystone_check.model.opinion import Opinions
from keystone_check.model.permissions import Permissions
from keystone_check.operators.karpenter.installation import Installation
from keystone_check.operators.karpenter.running import Around, Running

severity = Severity.MEDIUM


def judge(
    operators: Subjects[Operator],
    node_classes: Subjects[NodeClass] | Absent,
    node_pools: Subjects[NodePool] | Absent,
    node_roles: Subjects[NodeRole],
    instance_profiles: Subjects[InstanceProfile],
    keys: Subjects[Key],
    nodes: Subjects[Node],
    permissions: Subjects[Permissions],
    opinions: Subjects[Opinions],
    cluster: Cluster,
    caller: Caller | Missing,
) -> Iterator[Finding]:
    """One finding for each action about which both disagree, or one for each Karpenter otherwise."""
    eks = not self_hosted(cluster)
    around = Around(node_classes, node_pools, node_roles, instance_profiles, keys, nodes, caller, eks)

    def judged(asker: Asker, _: Running, __: Installation) -> Iterator[Finding]:
        yield from second_opinion(asker, opinions[asker.name])

    yield from askers(operators, around, permissions, judged)
