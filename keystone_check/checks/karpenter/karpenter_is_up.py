"""Every replica of Karpenter is ready.

## Why it matters
A Karpenter that is not ready launches nothing. It ends at start, and again after every restart
(CrashLoopBackOff), where EC2 does not answer (`ec2 api connectivity check failed`), where it finds neither
region nor cluster endpoint, up to 1.3 where it finds no queue, and from 1.7 where it may not describe
instance types. What broke it stands in the findings before this one.

## How to fix
Mend what is broken before it; its log says what it ended with: `kubectl -n NAMESPACE logs
deployment/karpenter`.

## References
- https://karpenter.sh/docs/troubleshooting/
"""

from collections.abc import Iterator

from keystone_check.checks.karpenting import karpenters, unseen
from keystone_check.checks.replicating import up
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Finding, Severity
from keystone_check.model.operators import Operator

severity = Severity.HIGH


def judge(operators: Subjects[Operator]) -> Iterator[Finding]:
    """One finding for a Karpenter."""
    yield from unseen(operators)
    for name, operator in karpenters(operators):
        yield up(name, operator)
