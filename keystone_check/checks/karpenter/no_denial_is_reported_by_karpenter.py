"""Karpenter's log reports nothing that AWS refused it.

## Why it matters
A refusal that is reported is one that happened, whatever the policies say now: the action that is missing,
a session from before the role was mended, an SCP that nobody could read. From 1.5 the log names it in
`aws-operation-name` and `aws-error-code`; before, and in conditions, it is in the text:
`UnauthorizedOperation`, `AccessDenied`, `… is not authorized to perform: …`. `Checking EC2 API
connectivity, AccessDenied: … sts:AssumeRole` comes of a role that is told to assume itself: a setting that
1.0 dropped. A refusal of `Not authorized to perform sts:AssumeRoleWithWebIdentity` is the chain's, and
judged in the links before this one.

## How to fix
What is missing is found above, with the statement to add; then restart Karpenter, for some requests are
made once.

## References
- https://karpenter.sh/docs/troubleshooting/
- https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
- https://github.com/aws/karpenter-provider-aws/issues/5054
"""

from collections.abc import Iterator

from keystone_check.checks.karpenting import unseen
from keystone_check.checks.refusing import reported
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Severity
from keystone_check.model.launching import InstanceProfile, Key, NodeRole
from keystone_check.model.operators import Condition, Denial, Node, NodeClaim, NodeClass, NodePool, Operator
from keystone_check.model.permissions import Permissions
from keystone_check.operators.causes import Cause, of_karpenter
from keystone_check.operators.karpenter.requirement import requirement
from keystone_check.operators.karpenter.running import Around, installation, running

severity = Severity.MEDIUM


def judge(
    operators: Subjects[Operator],
    node_classes: Subjects[NodeClass] | Absent,
    node_pools: Subjects[NodePool] | Absent,
    node_roles: Subjects[NodeRole],
    instance_profiles: Subjects[InstanceProfile],
    keys: Subjects[Key],
    nodes: Subjects[Node],
    permissions: Subjects[Permissions],
    denials: Subjects[tuple[Denial, ...]],
    node_claims: Subjects[NodeClaim] | Absent | Missing,
    caller: Caller | Missing,
) -> Iterator[Finding]:
    """One finding for each action that was refused, or one for a Karpenter of which none is reported."""
    yield from unseen(operators)
    around = Around(node_classes, node_pools, node_roles, instance_profiles, keys, nodes, caller)
    for one in running(operators):
        installed = installation(one, around)
        needs = requirement(installed) if installed else ()
        held = permissions[one.operator.role_arn]
        elsewhere = (*_conditions(node_classes), *_conditions(node_claims))
        yield from reported(one.name, denials[one.name], held, needs, _cause, elsewhere)


def _conditions(objects: Subjects[NodeClass] | Subjects[NodeClaim] | Absent | Missing) -> Iterator[Condition]:
    for _, found in () if isinstance(objects, Absent | Missing) else objects.seen():
        yield from found.conditions


def _cause(denial: Denial) -> Cause | None:
    return of_karpenter(denial.text, denial.action)
