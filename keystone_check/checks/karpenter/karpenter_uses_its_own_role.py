"""Karpenter works with the role of its own service account.

## Why it matters
Without the annotation on its service account, or in a pod that was never injected, the SDK falls back to
the role of the node that the pod runs on; with keys in the environment it uses those, and the token is
never looked at. What is granted to the annotated role changes nothing then. Refusals show it by who asks:
`User: arn:aws:sts::…:assumed-role/NODE-ROLE/i-0123… is not authorized to perform: ec2:DescribeImages`.

## How to fix
Annotate the service account, take the keys out of the deployment, and restart it.

## References
- https://github.com/terraform-aws-modules/terraform-aws-eks/issues/3064
- https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
"""

from collections.abc import Iterator

from keystone_check.checks.acting import acting
from keystone_check.checks.karpenting import karpenters, unseen
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Finding, Severity
from keystone_check.model.operators import Denial, Operator

severity = Severity.HIGH


def judge(
    operators: Subjects[Operator], denials: Subjects[tuple[Denial, ...]] | Missing
) -> Iterator[Finding]:
    """One finding for a Karpenter."""
    yield from unseen(operators)
    for name, operator in karpenters(operators):
        yield acting(name, operator, denials)
