"""Nodes say which EC2 instance they are, in the form by which Karpenter finds them.

## Why it matters
Karpenter knows a node by `spec.providerID`: `aws:///ZONE/INSTANCE`. K3s's own cloud controller writes
`k3s://NAME` there, and nobody can change it afterwards. Then the instance runs, the node is Ready, and the
NodeClaim still waits: `Node not registered with cluster`, reason `NodeNotFound`; after a quarter of an hour
Karpenter ends the instance and starts another.

## How to fix
Give the kubelet its id in the user data (`--kubelet-arg=provider-id=aws:///ZONE/INSTANCE`), or start the
servers with `--disable-cloud-controller` and run AWS's cloud controller.

## References
- https://github.com/aws/karpenter-provider-aws/issues/6084
- https://github.com/k3s-io/k3s/issues/1049
- https://github.com/kubernetes/cloud-provider-aws
"""

from collections.abc import Iterator

from keystone_check.checks.karpenting import by_hand
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds
from keystone_check.model.operators import Node, NodeClass
from keystone_check.operators.karpenter.running import on_aws

severity = Severity.HIGH
FORM = "aws:///ZONE/INSTANCE"


def judge(node_classes: Subjects[NodeClass], nodes: Subjects[Node]) -> Iterator[Finding]:
    """One finding for each node of a pool, and for each class whose nodes would have another form."""
    for name, node in nodes.seen():
        if node.pool:
            yield holds(name) if on_aws(node) else _amiss(name, node.provider_id)
    others = next((node.provider_id for _, node in nodes.seen() if not on_aws(node)), "")
    for name, node_class in node_classes:
        if isinstance(node_class, Absent | Missing):
            yield gap(name, node_class)
        elif node_class.family == "Custom" and not node_class.provider_id and others.startswith("k3s://"):
            yield _amiss(name, others, "the cluster's other nodes have ")
        else:
            yield holds(name)


def _amiss(name: str, provider_id: str, whose: str = "") -> Finding:
    seen = f"{whose}{provider_id or 'no provider id'}"
    return broken(
        name,
        f"Karpenter finds nodes by {FORM}, and {seen if whose else f'this one has {seen}'}",
        Evidence("nodes", f"providerID: {FORM}", seen),
        by_hand(
            "give the kubelet its provider id",
            "how a node joins this cluster is known to whoever runs it",
            "in the user data: TOKEN=$(curl -sX PUT 169.254.169.254/latest/api/token -H "
            "'X-aws-ec2-metadata-token-ttl-seconds: 60'), and ZONE and INSTANCE from /latest/meta-data/",
            "k3s agent --kubelet-arg=provider-id=aws:///$ZONE/$INSTANCE",
            "or: --disable-cloud-controller on every server, and AWS's cloud controller manager",
        ),
    )
