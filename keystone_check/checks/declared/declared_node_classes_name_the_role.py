"""Node classes give nodes the role that is declared.

## Why it matters
Karpenter passes the role of the EC2NodeClass to the nodes that it launches, and its policy admits passing
that one alone. A class whose role differs from the manifest fails with `is not authorized to perform:
iam:PassRole on resource`, or gives nodes rights that nobody reviewed.

## How to fix
Apply the manifest, or write into it the role that is in use.

## References
- https://karpenter.sh/docs/concepts/nodeclasses/
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from collections.abc import Iterator

from keystone_check.checks.declaring import apart, unseen
from keystone_check.model.declared import Declared
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Severity, gap, holds
from keystone_check.model.operators import NodeClass

severity = Severity.MEDIUM


def judge(declared: Subjects[Declared], node_classes: Subjects[NodeClass]) -> Iterator[Finding]:
    """One finding for each declared class."""
    yield from unseen(declared)
    there = dict(node_classes)
    for source, one in declared.seen():
        for name, role in one.node_roles.items():
            live = there.get(name)
            if isinstance(live, Absent | Missing):
                yield gap(name, live)
            elif live is None:
                yield apart(name, source, f"EC2NodeClass {name}", "that it is there", "no such EC2NodeClass")
            elif live.role == role:
                yield holds(name)
            else:
                yield apart(name, source, "role of the nodes", role, live.role or "no role")
