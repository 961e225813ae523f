"""User data of one's own joins the cluster, with the taint that Karpenter waits for.

## Why it matters
For `amiFamily: Custom` Karpenter writes no user data: without any, the instance starts and never joins. The
kubelet has to register with the taint `karpenter.sh/unregistered:NoExecute`, which keeps pods off until
Karpenter has set up the node; without it, up to 1.2, the NodeClaim fails (`missing required startup taint,
karpenter.sh/unregistered`, reason `UnregisteredTaintNotFound`), and later pods start on a node that is not
ready for them.

## How to fix
K3s: `k3s agent --node-taint karpenter.sh/unregistered=true:NoExecute` in the user data; kubelet:
`--register-with-taints=karpenter.sh/unregistered=true:NoExecute`.

## References
- https://karpenter.sh/docs/concepts/nodeclasses/
- https://github.com/aws/karpenter-provider-aws/issues/6821
"""

from collections.abc import Iterator

from keystone_check.checks.karpenting import by_hand, self_hosted
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds
from keystone_check.model.operators import NodeClass

severity = Severity.HIGH
TAINT = "karpenter.sh/unregistered=true:NoExecute"


def judge(node_classes: Subjects[NodeClass], cluster: Cluster) -> Iterator[Finding]:
    """One finding for each node class with user data of its own."""
    for name, node_class in node_classes:
        if isinstance(node_class, Absent | Missing):
            yield gap(name, node_class)
        elif self_hosted(cluster) and node_class.family == "Custom":
            yield _judged(name, node_class)


def _judged(name: str, node_class: NodeClass) -> Finding:
    if not node_class.user_data:
        return _amiss(name, "it has no user data: its instances start, and never join", "no user data")
    if not node_class.taint:
        seen = "user data without it"
        return _amiss(name, f"its user data registers nodes without the taint {TAINT}", seen)
    return holds(name)


def _amiss(name: str, message: str, seen: str) -> Finding:
    return broken(
        name,
        message,
        Evidence(f"ec2nodeclass {name}", f"user data that registers with {TAINT}", seen),
        by_hand(
            "write user data that joins with the taint",
            "how a node joins this cluster is known to whoever runs it",
            f"kubectl edit ec2nodeclass {name}: userData",
            f"K3s: k3s agent --node-taint {TAINT}",
            f"kubelet: --register-with-taints={TAINT}",
        ),
    )
