"""Refusals in what operators write: log lines and messages of conditions."""

import json
import re
from collections.abc import Iterable, Iterator

from keystone_check.model.operators import Condition, Denial

MOST = 20
LONGEST = 400
"""Characters that are kept of a line."""
_NAMED = re.compile(
    r"not authorized to perform:? (?P<action>[\w-]+:\w+)"
    r"(?: on resource: (?P<resource>(?:(?:role|user|group|policy|instance profile) )?[^\s,;]+))?",
    re.IGNORECASE,
)
"""AWS's own words; IAM writes `role NAME` where it has no ARN yet."""
_CALLED = re.compile(r"(?:isn't authorized to call|not authorized to call) (?P<action>[a-z0-9-]+:\w+)")
_HEALTH = re.compile(r"(?P<action>[a-z0-9-]+:[A-Z]\w+) permission is not allowed")
_OPERATION = re.compile(r"operation error (?P<service>[\w ]+): (?P<operation>\w+)[,:]")
_LACKING = re.compile(r"insufficient permissions.*?(?P<action>[a-z0-9-]+:[A-Z]\w+)(?: on (?P<resource>\S+))?")
_TASKS = {
    "updating spot pricing": "ec2:DescribeSpotPriceHistory",
    "on-demand pricing": "pricing:GetProducts",
    "listing instance profiles": "iam:ListInstanceProfiles",
    "tagging nodeclaim": "ec2:CreateTags",
    "getting messages from queue": "sqs:ReceiveMessage",
    "getting zonal shifts": "arc-zonal-shift:GetManagedResource",
}
"""What Karpenter was at when AWS refused without naming the action, see `knowledge/karpenter/failures`."""
_LINKED = "ServiceLinkedRoleCreationNotPermitted"
_REFUSED = re.compile(r"\b(?:UnauthorizedOperation|AccessDenied(?:Exception)?)\b")
_ENCODED = re.compile(r"Encoded authorization failure message: \S+")
_PREFIXES = {"EC2": "ec2", "IAM": "iam", "SQS": "sqs", "SSM": "ssm", "EKS": "eks", "Pricing": "pricing"}
"""Services whose actions are called as their operations are."""


def denials(lines: Iterable[str]) -> tuple[Denial, ...]:
    """The first refusals of a log, each once however often it is told."""
    return first(denial for line in lines if (denial := denied(line)))


def first(found: Iterable[Denial]) -> tuple[Denial, ...]:
    """Each action and resource once, in the order in which they come."""
    kept: dict[tuple[str, str], Denial] = {}
    for one in found:
        kept.setdefault((one.action, one.resource), one)
    return tuple(kept.values())[:MOST]


def of_conditions(conditions: Iterable[Condition]) -> Iterator[Denial]:
    """What conditions say was refused."""
    for condition in conditions:
        if condition.message and (denial := denied(condition.message)):
            yield denial


def denied(text: str) -> Denial | None:
    """The refusal that a line tells of; None where it tells of none."""
    said = _ENCODED.sub("", text).strip()
    if found := _NAMED.search(said):
        return Denial(found["action"], (found["resource"] or "").strip("\"'\\"), said[:LONGEST])
    if found := _LACKING.search(said):
        return Denial(found["action"], found["resource"] or "", said[:LONGEST])
    if found := _CALLED.search(said) or _HEALTH.search(said):
        return Denial(found["action"], "", said[:LONGEST])
    if _LINKED in said:
        return Denial("iam:CreateServiceLinkedRole", "", said[:LONGEST])
    return Denial(_operation(said), "", said[:LONGEST]) if _REFUSED.search(said) else None


def _operation(said: str) -> str:
    """The action by the operation that failed, where both have one name."""
    if found := _OPERATION.search(said):
        prefix = _PREFIXES.get(found["service"], "")
        return f"{prefix}:{found['operation']}" if prefix else ""
    fields = _fields(said)
    prefix = _PREFIXES.get(str(fields.get("aws-service-name", "")), "")
    operation = fields.get("aws-operation-name")
    if prefix and operation:
        return f"{prefix}:{operation}"
    return next((action for task, action in _TASKS.items() if task in said), "")


def _fields(said: str) -> dict[str, object]:
    """Of a line that is JSON: Karpenter from 1.5 on names operation and service there."""
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
