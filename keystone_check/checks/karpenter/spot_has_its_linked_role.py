"""The account has EC2's service-linked role for spot, where a node pool asks for spot.

## Why it matters
EC2 makes the role at the first spot request, if whoever asks may make it; Karpenter's role may not. In an
account that never used spot every spot launch fails: `AuthFailure.ServiceLinkedRoleCreationNotPermitted:
The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances.`,
and the NodeClaim says `SpotSLRCreationFailed`.

## How to fix
Once for the account: `aws iam create-service-linked-role --aws-service-name spot.amazonaws.com`.

## References
- https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html
- https://karpenter.sh/docs/troubleshooting/
- https://github.com/kubernetes/kops/issues/16475
"""

from collections.abc import Iterator

from keystone_check.checks.karpenting import by_hand
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.operators import NodePool
from keystone_check.operators.karpenter.running import asks_for_spot

severity = Severity.HIGH
ROLE = "AWSServiceRoleForEC2Spot"


def judge(node_pools: Subjects[NodePool], spot_role: bool) -> Iterator[Finding]:
    """One finding for each node pool that asks for spot."""
    for name, pool in node_pools.seen():
        if asks_for_spot(pool):
            yield holds(name) if spot_role else _lacking(name)


def _lacking(name: str) -> Finding:
    return broken(
        name,
        f"it asks for spot, and the account has no role {ROLE}: every spot launch fails",
        Evidence("iam:GetRole", f"a role {ROLE}", "no such role"),
        by_hand(
            "make the role, once for the account",
            "a role for the whole account is for whoever runs it to make",
            "aws iam create-service-linked-role --aws-service-name spot.amazonaws.com",
        ),
    )
