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

from keystone_check.checks.declaring import apart, compared
from keystone_check.model.declared import Declared
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Finding, Severity
from keystone_check.model.operators import NodeClass

severity = Severity.MEDIUM


def judge(declared: Subjects[Declared], node_classes: Subjects[NodeClass]) -> Iterator[Finding]:
    """One finding for each declared class."""
    yield from compared(declared, node_classes, "EC2NodeClass", lambda one: one.node_roles, _differing)


def _differing(source: str, name: str, role: str, live: NodeClass) -> Iterator[Finding]:
    if live.role != role:
        yield apart(name, source, "role of the nodes", role, live.role or "no role")
