"""SimulatePrincipalPolicy decides as the role's policies do, and follows what is written to them."""

import json
from typing import Any

import boto3
import pytest

from keystone_check.model.access import Access
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.operators import with_karpenter
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.staffing import caller, one
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW


def client(access: Access) -> Any:
    keys = access.aws_credentials
    assert keys is not None
    return boto3.client(
        "iam",
        region_name=access.region,
        endpoint_url=access.aws_endpoint,
        aws_access_key_id=keys.access_key_id.reveal(),
        aws_secret_access_key=keys.secret_access_key.reveal(),
    )


def test_a_role_may_what_its_policies_say_under_the_circumstances_that_are_told() -> None:
    ground = Ground.make()
    world = with_karpenter(healthy(ground, NOW))
    role = one(world.accounts, "karpenter/karpenter").role_arn
    queue = one(world.queues, "lab").arn
    region = {"ContextKeyName": "aws:RequestedRegion", "ContextKeyType": "string"}
    here = [{**region, "ContextKeyValues": [caller(world).region]}]

    with serve(world, ground) as serving:
        iam = client(serving.access)

        def decided(*actions: str, **more: Any) -> list[str]:
            answer = iam.simulate_principal_policy(PolicySourceArn=role, ActionNames=list(actions), **more)
            found = answer["EvaluationResults"]
            specific = [it.get("ResourceSpecificResults", ()) for it in found]
            return [one["EvalResourceDecision"] for it in specific for one in it] or [
                it["EvalDecision"] for it in found
            ]

        assert decided("ec2:DescribeSubnets", "ec2:CreateVpc", ContextEntries=here) == [
            "allowed",
            "implicitDeny",
        ]
        assert decided("ec2:DescribeSubnets") == ["implicitDeny"]
        assert decided("sqs:ReceiveMessage", ResourceArns=[queue, f"{queue}-2"]) == [
            "allowed",
            "implicitDeny",
        ]
        denial = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}],
        }
        iam.put_role_policy(RoleName="karpenter", PolicyName="no", PolicyDocument=json.dumps(denial))
        assert decided("sqs:ReceiveMessage", ResourceArns=[queue]) == ["explicitDeny"]


def test_the_simulator_sees_no_role_that_is_not_there() -> None:
    ground = Ground.make()
    with serve(healthy(ground, NOW), ground) as serving:
        iam = client(serving.access)
        gone = f"arn:aws:iam::{ground.account}:role/gone"
        with pytest.raises(iam.exceptions.NoSuchEntityException, match=gone):
            iam.simulate_principal_policy(PolicySourceArn=gone, ActionNames=["s3:GetObject"])
