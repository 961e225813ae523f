"""Refusals are recognised in the words in which AWS, Karpenter and ACK tell them."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from keystone_check.knowledge.store import facts
from keystone_check.model.operators import Condition, Denial
from keystone_check.operators.denied import LONGEST, MOST, denials, denied, of_conditions

FAILURES: list[Mapping[str, Any]] = [
    *facts("karpenter", "failures")["failures"],
    *facts("ack", "common")["failures"],
]
UNNAMED = {"passrole-cn", "describe-cluster-nonEKS", "s3-bare", "lambda-first-run"}
"""Their texts say that something was refused, and not what."""
OTHERWISE = {
    *("cluster-cidr", "ami-alias", "sqs-queue", "sqs-queue-retry", "kms-ebs", "kms-invalid-state"),
    *("policy-size", "unregistered-taint", "providerid", "kafka-msk", "creds-exit", "account-nil"),
    *("iam-listpolicytags", "rds-managed-secret", "rds-slr", "iam-role-terminal"),
    *("ack-chart-keys", "irs-no-match", "emr-inline"),
}
"""Their texts tell of no refusal: other facts have to."""


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure["id"])
def test_each_failure_in_the_wild_is_told_by_its_action(failure: Mapping[str, Any]) -> None:
    found = denied(failure["error_text"])
    if failure["id"] in OTHERWISE:
        assert found is None
        return
    assert found is not None
    listed = [action.partition(" ")[0] for action in failure["actions"]]
    assert (found.action in listed) == (failure["id"] not in UNNAMED)


def test_the_resource_is_what_aws_names() -> None:
    said = "User: u is not authorized to perform: iam:GetRole on resource: role Team because no policy"
    assert denied(said) == Denial("iam:GetRole", "role Team", said)
    quoted = 'not authorized to perform: s3:TagResource on resource: \\"arn:aws:s3:::data\\" because'
    assert denied(quoted) == Denial("s3:TagResource", "arn:aws:s3:::data", quoted)


def test_a_line_of_json_names_operation_and_service() -> None:
    line = json.dumps(
        {
            "aws-error-code": "UnauthorizedOperation",
            "aws-operation-name": "CreateFleet",
            "aws-service-name": "EC2",
        }
    )
    assert denied(line) == Denial("ec2:CreateFleet", "", line)


def test_an_encoded_message_is_left_out_and_a_long_line_cut() -> None:
    line = f"UnauthorizedOperation: no. Encoded authorization failure message: {'x' * 50} {'y' * 1000}"
    found = denied(line)
    assert found is not None
    assert "xxx" not in found.text
    assert len(found.text) == LONGEST


def test_what_is_told_often_stands_once_and_the_list_ends() -> None:
    told = [f"is not authorized to perform: s3:Action{number} because" for number in range(50)]
    found = denials(["all is well", *told, *told])
    assert [it.action for it in found] == [f"s3:Action{number}" for number in range(MOST)]


def test_conditions_tell_by_their_messages() -> None:
    said = Condition(
        "ValidationSucceeded", "False", "Auth", "Controller isn't authorized to call ec2:RunInstances"
    )
    found = tuple(of_conditions([Condition("Ready", "True"), said]))
    assert found == (Denial("ec2:RunInstances", "", said.message),)
