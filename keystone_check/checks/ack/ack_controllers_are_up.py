"""Every ACK controller is ready.

## Why it matters
A controller asks STS who it is when it starts, and ends where that fails: `Unable to create controller
manager … unable to determine account info: unable to get caller identity`, again and again
(CrashLoopBackOff). Releases before that wanted the account: `unable to start service controller as account
ID is nil. Please pass --aws-account-id flag`. While it is down nothing is reconciled. What broke it stands
in the findings before this one.

## How to fix
Mend what is broken before it; its log says what it ended with.

## References
- https://github.com/aws-controllers-k8s/community/issues/2111
- https://github.com/aws-controllers-k8s/community/issues/987
"""

from collections.abc import Iterator

from keystone_check.checks.reconciling import controllers, unseen
from keystone_check.checks.replicating import up
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Finding, Severity
from keystone_check.model.operators import Operator

severity = Severity.HIGH


def judge(operators: Subjects[Operator]) -> Iterator[Finding]:
    """One finding for a controller."""
    yield from unseen(operators)
    for name, operator in controllers(operators):
        yield up(name, operator, ": it ends at start where STS does not answer it")
