"""Karpenter's node classes, pools and claims report no failure.

## Why it matters
Karpenter says what it could not do in the conditions of its objects, not in events alone. A NodeClaim stays
`Launched` Unknown, never False, with a reason: `Unauthorized`, `SpotSLRCreationFailed`,
`AMIAuthorizationFailure`, `InstanceProfileNameInvalid`, `LaunchFailed`. `Registered` says why a machine
that runs is no node: `UnregisteredTaintNotFound` (`missing required startup taint,
karpenter.sh/unregistered`), `NodeNotFound` (`Node not registered with cluster`). A node class says
`ValidationSucceeded=False` with `CreateFleetAuthCheckFailed`, `CreateLaunchTemplateAuthCheckFailed`,
`RunInstancesAuthCheckFailed` or `ClusterCIDRResolutionFailed`. Where describing subnets, groups, images or
profiles is refused, the condition is never written and stays Unknown.

## How to fix
The cause is among the findings before this one; the condition follows once it is mended.

## References
- https://karpenter.sh/docs/troubleshooting/
- https://karpenter.sh/docs/concepts/nodeclasses/
"""

from collections.abc import Iterator

from keystone_check.checks.karpenting import by_hand, failing
from keystone_check.knowledge.store import facts
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds
from keystone_check.model.operators import Condition, NodeClaim, NodeClass, NodePool
from keystone_check.operators.causes import of_karpenter

severity = Severity.MEDIUM


def judge(
    node_classes: Subjects[NodeClass],
    node_pools: Subjects[NodePool] | Absent,
    node_claims: Subjects[NodeClaim] | Absent,
) -> Iterator[Finding]:
    """One finding for each object: what it reports first."""
    for kind, objects in (
        ("ec2nodeclass", node_classes),
        ("nodepool", node_pools),
        ("nodeclaim", node_claims),
    ):
        for name, found in () if isinstance(objects, Absent) else objects:
            if isinstance(found, Absent | Missing):
                yield gap(f"{kind}/{name}", found)
            else:
                amiss = sorted(failing(found.conditions), key=_roots)
                yield _told(kind, name, amiss[0]) if amiss else holds(f"{kind}/{name}")


_SUMMARIES = ("Ready", "NodeClassReady", "Initialized", "Registered", "NodeRegistrationHealthy")


def _roots(condition: Condition) -> int:
    """Conditions that sum up others come after these."""
    return len(_SUMMARIES) - _SUMMARIES.index(condition.type) if condition.type in _SUMMARIES else 0


def _told(kind: str, name: str, condition: Condition) -> Finding:
    reasons: dict[str, str] = facts("karpenter", "objects")["status_conditions"][
        "EC2NodeClass.ValidationSucceeded.reasons"
    ]
    known = of_karpenter(condition.message)
    why = reasons.get(condition.reason, "") or (known.cause if known else "")
    said = f"{condition.type}={condition.status}, reason {condition.reason}"
    told = f": {condition.message}" if condition.message else ""
    return broken(
        f"{kind}/{name}",
        f"it says {said}{told}{f'; that is {why}' if why else ''}",
        Evidence(f"{kind} {name}", f"{condition.type}=True", f"{said}{told}"),
        by_hand(
            "mend what is found above",
            "a condition follows from its cause",
            f"kubectl describe {kind} {name}",
        ),
    )
