"""No ACK controller's log reports that AWS refused it something.

## Why it matters
The log names the action where a resource's condition does not: after a partial create the condition says
`already exists`, S3 and Lambda leave the action out, and a denied read of a backup vault looks like a vault
that is not there. A refusal of an action that no controller asks for itself is a service's, asking in the
caller's name: `ecr:BatchGetImage`, `iam:ListAttachedRolePolicies`, `ec2:DescribeSubnets`, `kms:DescribeKey`
on `alias/secretsmanager`.

## How to fix
What is missing is found above, with the statement to add; then look again.

## References
- https://github.com/aws-controllers-k8s/community/issues/2164
- https://github.com/aws-controllers-k8s/community/issues/1641
- https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from collections.abc import Iterator
from functools import partial

from keystone_check.checks.reconciling import unseen
from keystone_check.checks.refusing import reported
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Severity
from keystone_check.model.operators import AckKind, Denial, Operator
from keystone_check.model.permissions import Permissions
from keystone_check.operators.ack.requirement import requirement
from keystone_check.operators.ack.running import controller, kinds_of, running
from keystone_check.operators.causes import Cause, of_ack

severity = Severity.MEDIUM


def judge(
    operators: Subjects[Operator],
    ack_kinds: Subjects[AckKind],
    role_map: Subjects[str] | Absent,
    permissions: Subjects[Permissions],
    denials: Subjects[tuple[Denial, ...]],
    caller: Caller | Missing,
) -> Iterator[Finding]:
    """One finding for each action that was refused, or one for a controller of which none is reported."""
    yield from unseen(operators)
    for one in running(operators):
        installed = controller(one, ack_kinds, role_map, caller)
        needs = requirement(installed) if installed else ()
        cause = partial(_cause, one.service)
        held = permissions[one.operator.role_arn]
        kinds = [it for _, it in kinds_of(one, ack_kinds) if isinstance(it, AckKind)]
        elsewhere = (condition for kind in kinds for _, condition in kind.stuck)
        yield from reported(one.name, denials[one.name], held, needs, cause, elsewhere)


def _cause(service: str, denial: Denial) -> Cause | None:
    return of_ack(service, denial.text, denial.action)
