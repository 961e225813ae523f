"""EC2 answers dry runs of Karpenter's own calls as its policies say.

## Why it matters
What policies say and what EC2 does can differ: by the policy of a VPC endpoint, a resource control policy, a
session that was limited, or a policy that we read wrongly. Karpenter then fails at launch with
`UnauthorizedOperation: You are not authorized to perform this operation`, and the node class says
`RunInstancesAuthCheckFailed` or `CreateFleetAuthCheckFailed`, while everything that can be read grants it.

With `--live` keystone-check asks STS for credentials of Karpenter's role, with a fresh token of its service
account, and makes these calls with them:

- `ec2:DescribeLaunchTemplates` for the cluster's tag, for real: a fleet needs one of them
- for each node class `ec2:RunInstances`, `ec2:CreateFleet` and `ec2:CreateLaunchTemplate` with `DryRun`, the
  tags that Karpenter sends, and an image, subnet, security groups, instance type and profile of the class
- each describe that this release needs, with `DryRun`

`DryRun` has EC2 decide and do nothing: `DryRunOperation` says that it would have been done,
`UnauthorizedOperation` that it may not. Whatever else EC2 says (`InvalidParameterValue`, a limit) decides
nothing, and is told in EC2's words in a line of its own, which neither passes nor fails. The credentials are
dropped with the client that held them, and the encoded part of a refusal is not kept.

Where Karpenter reaches EC2 by a VPC endpoint and you do not, EC2 may answer you otherwise than Karpenter.

## How to fix
The finding quotes EC2, which names the layer that refuses. For the whole reason, make the call again and give
its encoded message to `aws sts decode-authorization-message`.

## References
- https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
- https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
- https://repost.aws/knowledge-center/ec2-not-auth-launch
"""

from collections.abc import Iterator

from keystone_check.checks.dry_running import compared
from keystone_check.checks.granting import Asker
from keystone_check.checks.karpenting import askers, self_hosted
from keystone_check.model.aws import Caller
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Severity, gap
from keystone_check.model.launching import InstanceProfile, Key, NodeRole, Selection
from keystone_check.model.operators import Node, NodeClass, NodePool, Operator
from keystone_check.model.opinion import DryRuns
from keystone_check.model.permissions import Permissions
from keystone_check.operators.karpenter.dry_running import Call, calls
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
    selections: Subjects[Selection],
    permissions: Subjects[Permissions],
    dry_runs: Subjects[DryRuns],
    cluster: Cluster,
    caller: Caller | Missing,
) -> Iterator[Finding]:
    """One finding for each call that EC2 answers otherwise, or one for all calls of a Karpenter."""
    eks = not self_hosted(cluster)
    around = Around(node_classes, node_pools, node_roles, instance_profiles, keys, nodes, caller, eks)

    def judged(asker: Asker, _: Running, installed: Installation) -> Iterator[Finding]:
        runs = dry_runs[asker.name]
        if not isinstance(runs, DryRuns):
            yield gap(asker.name, runs)
            return
        found = _templates(installed, runs)
        planned = calls(installed, asker.needs, node_classes, node_pools, selections, found)
        yield from compared(asker, runs, [it for it in planned if isinstance(it, Call)])

    yield from askers(operators, around, permissions, judged)


def _templates(installed: Installation, runs: DryRuns) -> dict[str, str]:
    """The launch templates that the calls were told, by node pool."""
    used = {it.node_class: it.told["template"] for it in runs.made if "template" in it.told}
    return {pool: used[one.name] for one in installed.node_classes if one.name in used for pool in one.pools}
