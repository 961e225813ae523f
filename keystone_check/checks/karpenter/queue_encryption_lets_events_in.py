"""The interruption queue's encryption lets EventBridge's messages in.

## Why it matters
EventBridge has to use the queue's key to send to it. Under the key that AWS manages, `alias/aws/sqs`, it
cannot, for nobody can change that key's policy: no message ever arrives, and nothing says so. A key of
one's own has to allow `kms:GenerateDataKey` and `kms:Decrypt` to `events.amazonaws.com`.

## How to fix
Encrypt with SQS's own keys (`SqsManagedSseEnabled=true`), as Karpenter's template does, or open your key's
policy.

## References
- https://github.com/aws/karpenter-provider-aws/issues/7209
- https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
"""

from collections.abc import Iterator
from functools import partial

from keystone_check.checks.karpenting import by_hand
from keystone_check.checks.queueing import each
from keystone_check.iam.evaluate import Allowed, decide
from keystone_check.iam.language import PolicyKind
from keystone_check.iam.policy import read
from keystone_check.iam.request import Request, Service
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Severity, blocked, broken, gap, holds
from keystone_check.model.launching import Key, Queue
from keystone_check.model.operators import Operator
from keystone_check.operators.karpenter.running import Running

severity = Severity.MEDIUM
EVENTS = "events.amazonaws.com"
ASKED = ("kms:GenerateDataKey", "kms:Decrypt")


def judge(operators: Subjects[Operator], queues: Subjects[Queue], keys: Subjects[Key]) -> Iterator[Finding]:
    """One finding for a Karpenter whose queue exists."""
    yield from each(operators, queues, partial(_judged, keys))


def _judged(keys: Subjects[Key], one: Running, name: str, queue: Queue) -> Finding:
    if not queue.key:
        return holds(one.name)
    key = keys[queue.key]
    if isinstance(key, Missing):
        return gap(one.name, key)
    if isinstance(key, Absent):
        return _shut(one, queue, key.because)
    if key.managed_by_aws:
        return _shut(one, queue, f"{queue.key} is managed by AWS, and its policy does not admit {EVENTS}")
    if isinstance(key.policy, Missing):
        return blocked(one.name, key.policy)
    law = [read(key.policy, PolicyKind.RESOURCE)]
    for action in ASKED:
        request = Request(action, key.arn, Service(EVENTS), {}, ("aws:*", "kms:*"))
        decision = decide(law, request)
        if not isinstance(decision, Allowed):
            return _shut(one, queue, f"{queue.key} does not allow {action} to {EVENTS}")
    return holds(one.name)


def _shut(one: Running, queue: Queue, because: str) -> Finding:
    return broken(
        one.name,
        f"no event reaches queue {queue.arn}: {because}",
        Evidence("sqs:GetQueueAttributes and kms:GetKeyPolicy", f"a key that {EVENTS} may use", because),
        _repair(queue),
    )


def _repair(queue: Queue) -> Repair:
    return by_hand(
        "encrypt the queue with SQS's own keys",
        "whether a rule asks for a KMS key here is not known",
        f"aws sqs set-queue-attributes --queue-url URL-OF-{queue.arn.rpartition(':')[2]} "
        "--attributes KmsMasterKeyId=,SqsManagedSseEnabled=true",
        f"or let the key's policy allow {' and '.join(ASKED)} to the service {EVENTS}",
    )
