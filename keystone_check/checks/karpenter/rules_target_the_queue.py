"""EventBridge rules send every warning that Karpenter reads to its queue.

## Why it matters
Karpenter makes no rules itself. Without the rule for spot interruption warnings a node is taken while its
pods still run; the others (rebalance recommendations, state changes, AWS Health, and from 1.10
interruptions of capacity reservations) let it act earlier. Nothing is logged about a warning that never
came.

## How to fix
Make the rules as Karpenter's template does, each with the queue as its target.

## References
- https://karpenter.sh/docs/reference/cloudformation/
- https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
"""

import json
from collections.abc import Iterator

from keystone_check.checks.karpenting import by_hand
from keystone_check.checks.queueing import each
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds
from keystone_check.model.launching import Queue
from keystone_check.model.operators import Operator
from keystone_check.operators.karpenter.events import events, lets_in
from keystone_check.operators.karpenter.running import Running

severity = Severity.MEDIUM


def judge(operators: Subjects[Operator], queues: Subjects[Queue]) -> Iterator[Finding]:
    """One finding for a Karpenter whose queue exists."""
    yield from each(operators, queues, _judged)


def _judged(one: Running, name: str, queue: Queue) -> Finding:
    if isinstance(queue.rules, Missing):
        return gap(one.name, queue.rules)
    patterns = [pattern for _, pattern in queue.rules]
    lacking = [it for it in events(one.release) if not any(lets_in(pattern, *it) for pattern in patterns)]
    if not lacking:
        return holds(one.name)
    said = ", ".join(kind for _, kind in lacking)
    return broken(
        one.name,
        f"no enabled rule sends {said} to queue {name}",
        Evidence("events:ListRuleNamesByTarget", said, f"{len(patterns)} rules, none of them for that"),
        by_hand(
            "make the rules",
            "which tool keeps the rules is not known here",
            *(
                f"aws events put-rule --name {name}-{''.join(filter(str.isalnum, kind))} --event-pattern "
                f"'{json.dumps({'source': [source], 'detail-type': [kind]})}'"
                for source, kind in lacking
            ),
            "for each: aws events put-targets --rule NAME --targets "
            f"Id=KarpenterInterruptionQueueTarget,Arn={queue.arn}",
        ),
    )
