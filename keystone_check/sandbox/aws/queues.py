"""Interruption queues, the rules that feed them and the keys behind: SQS, EventBridge and KMS, read only."""

import json
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response

from keystone_check.model.launching import Key, Queue
from keystone_check.sandbox.aws.calls import Call
from keystone_check.sandbox.aws.landscape import Landscape
from keystone_check.sandbox.aws.replies import json_error, json_result


def answer(landscape: Landscape, call: Call, endpoint: str) -> Response | None:
    """The answer, or None for an action that is left to moto."""
    asked: dict[str, Any] = json.loads(call.body or "{}")
    match call.service, call.action:
        case "sqs", "GetQueueUrl":
            return _url(landscape, asked, endpoint)
        case "sqs", "GetQueueAttributes":
            return _attributes(landscape, asked)
        case "events", "ListRuleNamesByTarget":
            names = [name for name, _ in _rules(landscape) if _targets(landscape, name, asked["TargetArn"])]
            return json_result({"RuleNames": names})
        case "events", "DescribeRule":
            return _rule(dict(_rules(landscape)), asked["Name"])
        case "kms", "DescribeKey":
            return _key(landscape, asked["KeyId"])
        case "kms", "GetKeyPolicy":
            key = _named(landscape, asked["KeyId"])
            policy = key.policy if key and isinstance(key.policy, str) else ""
            return json_result({"Policy": policy, "PolicyName": "default"})
        case _:
            return None


def _url(landscape: Landscape, asked: Mapping[str, str], endpoint: str) -> Response:
    queue = landscape.queues.get(asked["QueueName"])
    if queue is None:
        return _no_queue()
    account = queue.arn.split(":")[4]
    return json_result({"QueueUrl": f"{endpoint}/{account}/{asked['QueueName']}"})


def _no_queue() -> Response:
    answer = json_error(400, "com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.")
    answer.headers["x-amzn-query-error"] = "AWS.SimpleQueueService.NonExistentQueue;Sender"
    return answer


def _attributes(landscape: Landscape, asked: Mapping[str, Any]) -> Response:
    queue = landscape.queues.get(str(asked["QueueUrl"]).rpartition("/")[2])
    if queue is None:
        return _no_queue()
    told = {"QueueArn": queue.arn, "Policy": queue.policy, "KmsMasterKeyId": queue.key}
    wanted = asked.get("AttributeNames") or ()
    said = {name: value for name, value in told.items() if value and (name in wanted or "All" in wanted)}
    return json_result({"Attributes": said})


def _rules(landscape: Landscape) -> list[tuple[str, str]]:
    return [rule for queue in landscape.queues.values() for rule in _of(queue)]


def _of(queue: Queue) -> tuple[tuple[str, str], ...]:
    return queue.rules if isinstance(queue.rules, tuple) else ()


def _targets(landscape: Landscape, rule: str, arn: str) -> bool:
    return any(queue.arn == arn and rule in dict(_of(queue)) for queue in landscape.queues.values())


def _rule(rules: Mapping[str, str], name: str) -> Response:
    if name not in rules:
        return json_error(400, "ResourceNotFoundException", f"Rule {name} does not exist.")
    return json_result({"Name": name, "EventPattern": rules[name], "State": "ENABLED"})


def _named(landscape: Landscape, name: str) -> Key | None:
    by_arn = {key.arn: key for key in landscape.keys.values()}
    return landscape.keys.get(name) or by_arn.get(name)


def _key(landscape: Landscape, name: str) -> Response:
    key = _named(landscape, name)
    if key is None:
        return json_error(400, "NotFoundException", f"Key '{name}' does not exist")
    told = {
        "Arn": key.arn,
        "KeyId": key.arn.rpartition("/")[2],
        "Enabled": key.enabled,
        "KeyManager": "AWS" if key.managed_by_aws else "CUSTOMER",
        "KeyState": "Enabled" if key.enabled else "Disabled",
    }
    return json_result({"KeyMetadata": told})
