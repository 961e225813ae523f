"""Every node pool names a node class that exists and asks for instances that the region offers.

## Why it matters
A pool whose requirements no instance type meets launches nothing, and pods stay Pending: `no instance type
satisfied resources and requirements`. Instance types differ by region; an architecture is written `amd64`
or `arm64`, not `x86_64`; a capacity type is `on-demand`, `spot` or `reserved`.

## How to fix
Name what the region offers: `aws ec2 describe-instance-type-offerings`.

## References
- https://karpenter.sh/docs/concepts/nodepools/
- https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-discovery.html
"""

from collections.abc import Iterator

from keystone_check.checks.karpenting import by_hand
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds
from keystone_check.model.launching import InstanceType
from keystone_check.model.operators import NodeClass, NodePool
from keystone_check.operators.karpenter.running import CAPACITY

severity = Severity.HIGH
TYPE, ARCHITECTURE = "node.kubernetes.io/instance-type", "kubernetes.io/arch"
CAPACITIES = ("on-demand", "spot", "reserved")
ARCHITECTURES = {"amd64": "x86_64", "arm64": "arm64"}


def judge(
    node_pools: Subjects[NodePool],
    node_classes: Subjects[NodeClass] | Absent | Missing,
    instance_types: Subjects[InstanceType],
) -> Iterator[Finding]:
    """One finding for each thing that a pool asks for in vain, or one for a pool that can be met."""
    for name, pool in node_pools:
        if isinstance(pool, Absent | Missing):
            yield gap(name, pool)
            continue
        amiss = [
            *_class(name, pool, node_classes),
            *_valid(name, pool),
            *_offered(name, pool, instance_types),
        ]
        yield from amiss or [holds(name)]


def _class(
    name: str, pool: NodePool, node_classes: Subjects[NodeClass] | Absent | Missing
) -> Iterator[Finding]:
    if isinstance(node_classes, Subjects) and pool.node_class not in dict(node_classes):
        known = ", ".join(it for it, _ in node_classes) or "none"
        yield _amiss(
            name, "node class", f"it names node class {pool.node_class}, which does not exist", known
        )


def _valid(name: str, pool: NodePool) -> Iterator[Finding]:
    for label, known in ((CAPACITY, CAPACITIES), (ARCHITECTURE, tuple(ARCHITECTURES))):
        asked = pool.requirements.get(label, ())
        if asked and not set(asked) & set(known):
            yield _amiss(
                name, label, f"{label} is {', '.join(asked)}; there is {', '.join(known)}", ", ".join(asked)
            )


def _offered(name: str, pool: NodePool, types: Subjects[InstanceType]) -> Iterator[Finding]:
    asked = {it: types[it] for it in pool.requirements.get(TYPE, ())}
    seen = [it for it in asked.values() if isinstance(it, InstanceType)]
    gone = [it for it, found in asked.items() if isinstance(found, Absent)]
    if unread := next((it for it in asked.values() if isinstance(it, Missing)), None):
        yield gap(f"{name} {TYPE}", unread)
    if gone and len(gone) == len(asked):
        said = ", ".join(gone)
        yield _amiss(name, TYPE, f"the region offers none of its instance types: {said}", "none")
    wanted = [ARCHITECTURES[it] for it in pool.requirements.get(ARCHITECTURE, ()) if it in ARCHITECTURES]
    if seen and wanted and not any(set(wanted) & set(it.architectures) for it in seen):
        said = ", ".join(f"{it.name} is {' and '.join(it.architectures)}" for it in seen)
        yield _amiss(name, ARCHITECTURE, f"none of its instance types is of its architecture: {said}", said)
    capacity = [it for it in pool.requirements.get(CAPACITY, ()) if it in ("on-demand", "spot")]
    if seen and capacity and not any(set(capacity) & set(it.capacity_types) for it in seen):
        said = ", ".join(f"{it.name} comes {' and '.join(it.capacity_types)}" for it in seen)
        yield _amiss(
            name, CAPACITY, f"none of its instance types comes {' or '.join(capacity)}: {said}", said
        )


def _amiss(name: str, what: str, message: str, seen: str) -> Finding:
    return broken(
        f"{name} {what}",
        message,
        Evidence(f"nodepool {name}", f"a {what} that can be had", seen),
        by_hand(
            "ask for what there is",
            "what the pool is meant for is not known here",
            f"kubectl edit nodepool {name}: {what}",
            "aws ec2 describe-instance-type-offerings --location-type region lists the types",
        ),
    )
