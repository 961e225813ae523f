"""Nothing that can be read around an ACK controller's role denies what its policies grant.

## Why it matters
A permissions boundary and the organization's service control policies have to allow a request as well, and
an explicit deny anywhere wins: `api error AccessDeniedException: User: … is not authorized to perform:
kafka:CreateCluster on resource: *`, although `AmazonMSKFullAccess` is attached. Adding to the role's
policies changes nothing then.

Few accounts may read the organization's policies: its management account, and those that it delegates to. In
any other they are not weighed, and that stands in a line of its own, which neither passes nor fails; what the
boundary and the role's own denials say is judged all the same. `keystone-check --cloudtrail` and the
operator's log tell of what an organization refuses.

## How to fix
Allow the action in the boundary, or have the organization except the role; the finding names layer and
statement.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
- https://github.com/aws-controllers-k8s/community/issues/2464
"""

from collections.abc import Iterator

from keystone_check.checks.granting import Asker, held_back
from keystone_check.checks.reconciling import askers
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Severity
from keystone_check.model.operators import AckKind, Operator
from keystone_check.model.permissions import Permissions
from keystone_check.operators.ack.running import Running

severity = Severity.HIGH


def judge(
    operators: Subjects[Operator],
    ack_kinds: Subjects[AckKind],
    role_map: Subjects[str] | Absent,
    permissions: Subjects[Permissions],
    caller: Caller | Missing,
) -> Iterator[Finding]:
    """One finding for each action that is denied, or one for a controller that nothing holds back."""
    yield from askers(operators, ack_kinds, role_map, permissions, caller, _judged)


def _judged(asker: Asker, _: Running) -> Iterator[Finding]:
    yield from held_back(asker.asking(lambda need: need.hard))
