"""Each ACK controller works with the role of its own service account.

## Why it matters
The chart can be given a Secret with keys (`aws.credentials.secretName`), which the SDK takes before the
token; without the annotation, or in a pod that was never injected, it has the role of its node: `User:
arn:aws:sts::…:assumed-role/NODE-ROLE/ i-0123… is not authorized to perform: sts:AssumeRole on resource: …`.
The role that grants everything is attached to nothing then: "IAM permission error despite granting full
access".

## How to fix
Annotate the service account, leave the Secret out, and restart the controller.

## References
- https://github.com/aws-controllers-k8s/community/issues/2118
- https://github.com/aws-controllers-k8s/community/issues/2074
- https://aws-controllers-k8s.github.io/community/docs/user-docs/irsa/
"""

from collections.abc import Iterator

from keystone_check.checks.acting import acting
from keystone_check.checks.reconciling import controllers, unseen
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Finding, Severity
from keystone_check.model.operators import Denial, Operator

severity = Severity.HIGH


def judge(
    operators: Subjects[Operator], denials: Subjects[tuple[Denial, ...]] | Missing
) -> Iterator[Finding]:
    """One finding for a controller."""
    yield from unseen(operators)
    for name, operator in controllers(operators):
        yield acting(name, operator, denials)
