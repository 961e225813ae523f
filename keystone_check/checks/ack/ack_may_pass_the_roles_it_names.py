"""Each ACK controller may pass on the roles that its resources name.

## Why it matters
A function, a cluster, a topic that writes logs: a field of the resource names a role for AWS to use, and
AWS asks whether whoever creates it may pass that role. No recommended policy of apigateway, athena,
autoscaling, ec2, firehose, rds, sfn, sns and a dozen others grants `iam:PassRole`: `is not authorized to
perform: iam:PassRole on resource: arn:aws:iam::…`.

## How to fix
Add the statement that the finding prints: `iam:PassRole` on those roles alone.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
- https://aws-controllers-k8s.github.io/community/docs/user-docs/authorization/
"""

from collections.abc import Iterator

from keystone_check.checks.granting import Asker, lacking
from keystone_check.checks.reconciling import askers
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Severity, holds
from keystone_check.model.operators import AckKind, Operator
from keystone_check.model.permissions import Permissions
from keystone_check.operators.ack.requirement import PASSED
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
    passing = asker.asking(lambda need: need.feature == PASSED).without_doubt()
    if passing.needs:
        yield from lacking(passing)
    else:
        yield holds(one.name, "no resource names a role")
