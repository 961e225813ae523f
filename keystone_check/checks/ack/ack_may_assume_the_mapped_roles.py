"""Each ACK controller may assume the roles that it is to work with in other accounts.

## Why it matters
With CARM or an IAMRoleSelector the controller assumes another role for a namespace's resources: its own
role has to grant `sts:AssumeRole` on that one, and that one's trust policy has to name the controller's.
Otherwise `ACK.ResourceSynced` is False, `IAM Role is not available`, and the log says `is not authorized to
perform: sts:AssumeRole on resource: …`. The other account's trust policy cannot be read from here.

## How to fix
Add the statement that the finding prints, and name the controller's role in the other role's trust policy.

## References
- https://aws-controllers-k8s.github.io/community/docs/user-docs/cross-account-resource-management/
- https://github.com/aws-controllers-k8s/community/issues/2118
"""

from collections.abc import Iterator

from keystone_check.checks.granting import Asker, lacking
from keystone_check.checks.reconciling import askers
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Severity, holds
from keystone_check.model.operators import AckKind, Operator
from keystone_check.model.permissions import Permissions
from keystone_check.operators.ack.requirement import ASSUMED
from keystone_check.operators.ack.running import Running

severity = Severity.HIGH


def judge(
    operators: Subjects[Operator],
    ack_kinds: Subjects[AckKind],
    role_map: Subjects[str] | Absent,
    permissions: Subjects[Permissions],
    caller: Caller | Missing,
) -> Iterator[Finding]:
    """One finding for a controller."""
    yield from askers(operators, ack_kinds, role_map, permissions, caller, _judged)


def _judged(asker: Asker, one: Running) -> Iterator[Finding]:
    assuming = asker.asking(lambda need: need.feature == ASSUMED).without_doubt()
    if assuming.needs:
        yield from lacking(assuming)
    else:
        yield holds(one.name, "it works in its own account alone")
