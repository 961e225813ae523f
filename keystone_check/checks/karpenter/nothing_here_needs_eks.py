"""No setting and no node class makes Karpenter ask EKS for a cluster that is not EKS's.

## Why it matters
`eksControlPlane` has Karpenter ask EKS for the Kubernetes version, and `enableZonalShift` for zonal shifts:
it ends at start (`validating kubernetes version`, `Unable to find Cluster`). A node class of AL2023 asks
EKS for the range of service addresses: `failed to detect the cluster CIDR`, `ValidationSucceeded=False`,
reason `ClusterCIDRResolutionFailed`. The user data that it writes for AL2, AL2023, Bottlerocket and Windows
joins EKS and nothing else: nodes start, and never register.

## How to fix
Leave both settings off, write `amiFamily: Custom` with user data of your own, and choose images by id,
name, tag or SSM parameter.

## References
- https://karpenter.sh/docs/concepts/nodeclasses/
- https://github.com/aws/karpenter-provider-aws/issues/7875
- https://karpenter.sh/docs/reference/settings/
"""

from collections.abc import Iterator

from keystone_check.checks.karpenting import by_hand, karpenters, self_hosted, setting, unseen
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds
from keystone_check.model.operators import NodeClass, Operator

severity = Severity.HIGH
SETTINGS = ("EKS_CONTROL_PLANE", "ENABLE_ZONAL_SHIFT")
OWN = "Custom"


def judge(
    operators: Subjects[Operator], node_classes: Subjects[NodeClass] | Absent, cluster: Cluster
) -> Iterator[Finding]:
    """One finding for each Karpenter and each node class."""
    yield from unseen(operators)
    if not self_hosted(cluster):
        return
    for name, operator in karpenters(operators):
        on = [it for it in SETTINGS if operator.settings.get(it, "").lower() == "true"]
        yield from (_set(name, it) for it in on) if on else (holds(name),)
    for name, node_class in () if isinstance(node_classes, Absent) else node_classes:
        if isinstance(node_class, Absent | Missing):
            yield gap(name, node_class)
        else:
            yield _judged(name, node_class)


def _set(name: str, wanted: str) -> Finding:
    return broken(
        name,
        f"{wanted} is true, and there is no EKS cluster: Karpenter ends at start",
        Evidence("its deployment", f"{wanted}=false", "true"),
        by_hand(
            "turn it off", "the deployment belongs to whatever installs it", *setting(name, f"{wanted}=false")
        ),
    )


def _judged(name: str, node_class: NodeClass) -> Finding:
    family = node_class.family or next((it.partition("@")[0] for it in node_class.aliases), "")
    if family in ("", OWN) and not node_class.aliases:
        return holds(name)
    said = f"alias {node_class.aliases[0]}" if node_class.aliases else f"amiFamily {family}"
    cidr = ": failed to detect the cluster CIDR" if "2023" in said else ""
    return broken(
        name,
        f"it has {said}, whose user data joins EKS and no other cluster{cidr}",
        Evidence(f"ec2nodeclass {name}", f"amiFamily {OWN}, with user data of your own", said),
        by_hand(
            f"write amiFamily: {OWN}",
            "how a node joins this cluster is known to whoever runs it",
            f"kubectl edit ec2nodeclass {name}: amiFamily: {OWN}, amiSelectorTerms by id, name or tags, "
            "and userData",
        ),
    )
