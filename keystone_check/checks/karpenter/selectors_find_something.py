"""Every node class finds subnets, security groups and images.

## Why it matters
A selector that finds nothing leaves the node class not ready, and no node is launched: `SubnetsReady`,
`SecurityGroupsReady` (`SecurityGroupsNotFound`) or `AMIsReady` (`AMINotFound`). `karpenter.sh/discovery` is
a tag that the guides put on subnets and groups: on a cluster of one's own nobody puts it there but oneself.

## How to fix
Tag what is meant, in the controller's region, or write ids into the EC2NodeClass.

## References
- https://karpenter.sh/docs/concepts/nodeclasses/
- https://karpenter.sh/docs/troubleshooting/
"""

from collections.abc import Iterator, Mapping

from keystone_check.checks.karpenting import by_hand
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds
from keystone_check.model.launching import Selection
from keystone_check.model.operators import NodeClass

severity = Severity.HIGH


def judge(node_classes: Subjects[NodeClass], selections: Subjects[Selection]) -> Iterator[Finding]:
    """One finding for what each node class does not find, or one for a class that finds all."""
    for name, node_class in node_classes:
        if isinstance(node_class, Absent | Missing):
            yield gap(name, node_class)
            continue
        found = selections[name]
        if isinstance(found, Absent | Missing):
            yield gap(name, found)
        else:
            amiss = list(_judged(name, node_class, found))
            yield from amiss or [holds(name)]


def _judged(name: str, node_class: NodeClass, found: Selection) -> Iterator[Finding]:
    images = ({"id": image} for image in node_class.images)
    for kind, call, terms, ids in (
        ("subnet", "ec2:DescribeSubnets", node_class.subnets, found.subnets),
        ("security group", "ec2:DescribeSecurityGroups", node_class.security_groups, found.security_groups),
        ("image", "ec2:DescribeImages", (*images, *node_class.image_terms), found.images),
    ):
        if isinstance(ids, Missing):
            yield gap(f"{name} {kind}s", ids)
        elif ids == ():
            yield _nothing(name, kind, call, " or ".join(map(_said, terms)) or "nothing")


def _nothing(name: str, kind: str, call: str, terms: str) -> Finding:
    return broken(
        f"{name} {kind}s",
        f"it selects {kind}s by {terms}, and there is none",
        Evidence(call, f"a {kind} with {terms}", "none"),
        by_hand(
            f"tag a {kind}, or name it by its id",
            f"which {kind}s nodes are meant to have is not known here",
            f"aws ec2 create-tags --resources ID --tags with {terms}",
            f"or: kubectl edit ec2nodeclass {name}: ids in the selector terms",
        ),
    )


def _said(term: Mapping[str, str]) -> str:
    return " and ".join(f"{key.removeprefix('tag:')}={value}" for key, value in term.items())
