"""There is a node of its own for every replica of Karpenter.

## Why it matters
The chart asks for two replicas on different nodes, and none of them on a node that Karpenter made. On a
cluster of one node the second stays Pending for ever: it looks like a fault of Karpenter's, and helm waits
for it in vain.

## How to fix
`replicas: 1` in the chart's values, or another node.

## References
- https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/charts/karpenter/values.yaml
- https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
"""

from collections.abc import Iterator

from keystone_check.checks.karpenting import by_hand, karpenters, unseen
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.operators import Node, Operator

severity = Severity.LOW


def judge(operators: Subjects[Operator], nodes: Subjects[Node]) -> Iterator[Finding]:
    """One finding for a Karpenter."""
    yield from unseen(operators)
    room = sum(1 for _, node in nodes.seen() if not node.pool)
    for name, operator in karpenters(operators):
        if not operator.spread or operator.replicas <= room:
            yield holds(name)
            continue
        namespace, _, deployment = name.partition("/")
        yield broken(
            name,
            f"it has {operator.replicas} replicas, each for a node of its own, and there are {room} nodes "
            "that it did not make",
            Evidence("deployment and nodes", f"{operator.replicas} nodes without a node pool", f"{room}"),
            by_hand(
                "ask for fewer replicas",
                "whether another node is to come is not known here",
                f"replicas: {max(room, 1)} in the chart's values",
                f"to try it at once: kubectl -n {namespace} scale deployment/{deployment} "
                f"--replicas={max(room, 1)}",
            ),
        )
