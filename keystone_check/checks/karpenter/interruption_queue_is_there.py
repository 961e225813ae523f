"""The interruption queue that Karpenter is told exists in its account and region.

## Why it matters
Karpenter looks its queue up by name when it starts. From 1.0 to 1.3 a queue that is not there ends it:
`panic: AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist.`; from 1.4 it tries
again for ever: `creating sqs provider, operation error SQS: GetQueueUrl, https response error StatusCode:
400, … AWS.SimpleQueueService.NonExistentQueue`. A queue's ARN or URL in place of its name gives the same.

## How to fix
Make the queue, or write the name of the one that exists; an empty value turns the feature off.

## References
- https://karpenter.sh/docs/concepts/disruption/
- https://github.com/kubernetes-sigs/karpenter/issues/1799
- https://github.com/kubernetes-sigs/karpenter/issues/2490
"""

from collections.abc import Iterator

from keystone_check.checks.karpenting import by_hand, setting
from keystone_check.checks.queueing import SETTING, each
from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.launching import Queue
from keystone_check.model.operators import Operator
from keystone_check.operators.karpenter.running import Running, queue_name

severity = Severity.HIGH


def judge(operators: Subjects[Operator], queues: Subjects[Queue]) -> Iterator[Finding]:
    """One finding for a Karpenter."""
    yield from each(operators, queues, _found, _absent)


def _found(one: Running, name: str, queue: Queue) -> Finding:
    if name == queue_name(one.operator.settings):
        return holds(one.name)
    return _amiss(one, name, f"{SETTING} is {name}, which is no queue's name", name)


def _absent(one: Running, name: str, absent: Absent) -> Finding:
    plain = queue_name(one.operator.settings)
    hint = "" if name == plain else f"; it takes a name, such as {plain}"
    return _amiss(one, name, f"{SETTING} is {name}, and there is no such queue{hint}", absent.because)


def _amiss(one: Running, name: str, message: str, seen: str) -> Finding:
    plain = queue_name(one.operator.settings)
    return broken(
        one.name,
        message,
        Evidence("sqs:GetQueueUrl", f"a queue of the name {plain}", seen),
        by_hand(
            "make the queue, or name the one that exists",
            "which queue is meant is not known here",
            f"aws sqs create-queue --queue-name {plain}",
            *setting(one.name, f"{SETTING}={plain}"),
        ),
    )
