"""The interruption queue's policy lets EventBridge send to it.

## Why it matters
Warnings reach the queue because EventBridge sends them, as the service `events.amazonaws.com`. A queue
whose policy does not allow that stays empty, and nothing says so: spot instances are taken two minutes
after a warning that nobody got.

## How to fix
`aws sqs set-queue-attributes` with a policy that allows `sqs:SendMessage` to `events.amazonaws.com` and
`sqs.amazonaws.com`, as Karpenter's template writes it.

## References
- https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
- https://karpenter.sh/docs/reference/cloudformation/
"""

import json
from collections.abc import Iterator

from keystone_check.checks.karpenting import by_hand
from keystone_check.checks.queueing import each
from keystone_check.iam.evaluate import Allowed, Denied, decide
from keystone_check.iam.language import PolicyKind
from keystone_check.iam.policy import read
from keystone_check.iam.request import Request, Service
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, blocked, broken, holds
from keystone_check.model.launching import Queue
from keystone_check.model.operators import Operator
from keystone_check.operators.karpenter.running import Running

severity = Severity.MEDIUM
EVENTS = "events.amazonaws.com"


def judge(operators: Subjects[Operator], queues: Subjects[Queue]) -> Iterator[Finding]:
    """One finding for a Karpenter whose queue exists."""
    yield from each(operators, queues, _judged)


def _judged(one: Running, name: str, queue: Queue) -> Finding:
    law = [read(queue.policy, PolicyKind.RESOURCE)] if queue.policy else []
    decisions = [decide(law, request) for request in _asked(queue)]
    if denied := next((it for it in decisions if isinstance(it, Denied)), None):
        return _shut(one, queue, denied.because)
    if all(isinstance(it, Allowed) for it in decisions):
        return holds(one.name)
    return blocked(one.name, Missing(queue.arn, str(decisions[0])))


def _asked(queue: Queue) -> Iterator[Request]:
    """As EventBridge sends, for each rule that targets the queue."""
    _, partition, _, region, account, _ = queue.arn.split(":", 5)
    known = {"aws:SecureTransport": "true", "aws:SourceAccount": account}
    rules = queue.rules if isinstance(queue.rules, tuple) else ()
    for rule, _ in rules:
        source = {"aws:SourceArn": f"arn:{partition}:events:{region}:{account}:rule/{rule}"}
        yield Request("sqs:SendMessage", queue.arn, Service(EVENTS), {**known, **source}, ("aws:*",))
    if not rules:
        yield Request("sqs:SendMessage", queue.arn, Service(EVENTS), known, ("aws:*",))


def _shut(one: Running, queue: Queue, because: str) -> Finding:
    seen = because if queue.policy else "the queue has no policy"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": [EVENTS, "sqs.amazonaws.com"]},
        "Action": "sqs:SendMessage",
        "Resource": queue.arn,
    }
    return broken(
        one.name,
        f"queue {queue.arn} does not let {EVENTS} send to it: {seen}",
        Evidence("sqs:GetQueueAttributes", f"sqs:SendMessage allowed to {EVENTS}", seen),
        by_hand(
            "let EventBridge send to the queue",
            "what else the queue is used for is not known here",
            "add to the queue's policy (aws sqs set-queue-attributes --attributes Policy=…):",
            json.dumps(statement),
        ),
    )
