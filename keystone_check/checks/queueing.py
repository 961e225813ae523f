"""What the checks of interruption queues share: each queue that a Karpenter is told, as it was read."""

from collections.abc import Callable, Iterator

from keystone_check.checks.karpenting import unseen
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, gap, holds
from keystone_check.model.launching import Queue
from keystone_check.model.operators import Operator
from keystone_check.operators.karpenter.running import Running, running

SETTING = "INTERRUPTION_QUEUE"


def each(
    operators: Subjects[Operator],
    queues: Subjects[Queue],
    judge: Callable[[Running, str, Queue], Finding],
    absent: Callable[[Running, str, Absent], Finding] | None = None,
) -> Iterator[Finding]:
    """One finding for each Karpenter; of one without a queue, that it has none."""
    yield from unseen(operators)
    for one in running(operators):
        name = one.operator.settings.get(SETTING, "")
        queue = queues[name] if name else None
        if queue is None:
            yield holds(one.name, "no interruption queue is set: nodes are not told before spot takes them")
        elif isinstance(queue, Missing):
            yield gap(one.name, queue)
        elif not isinstance(queue, Absent):
            yield judge(one, name, queue)
        elif absent:
            yield absent(one, name, queue)
