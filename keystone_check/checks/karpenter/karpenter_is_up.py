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

from keystone_check.checks.karpenting import by_hand, karpenters, unseen
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.operators import Operator

severity = Severity.HIGH


def judge(operators: Subjects[Operator]) -> Iterator[Finding]:
    """One finding for a Karpenter."""
    yield from unseen(operators)
    for name, operator in karpenters(operators):
        if operator.ready >= operator.replicas > 0:
            yield holds(name)
            continue
        namespace, _, deployment = name.partition("/")
        seen = f"{operator.ready} of {operator.replicas} replicas are ready"
        yield broken(
            name,
            seen,
            Evidence("deployment", "all of its replicas ready", seen),
            by_hand(
                "read what it ended with",
                "what keeps it from being ready is not known from its status",
                f"kubectl -n {namespace} logs deployment/{deployment} --previous",
                f"kubectl -n {namespace} describe deployment/{deployment}",
            ),
        )
