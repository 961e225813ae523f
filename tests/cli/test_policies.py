"""keystone-check --policy: what it prints for what runs in the sandbox."""

import io
import json

import pytest

from keystone_check.cli.main import main


def said(*argv: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(argv, out, err, environ={"COLUMNS": "1000"})
    return code, out.getvalue(), err.getvalue()


def test_the_least_policies_are_printed_for_what_runs() -> None:
    code, out, _ = said(
        "--cluster", "sandbox:karpenter+ack", "--policy", "ack-s3-controller", "--format=json"
    )
    (found,) = json.loads(out)
    assert code == 0
    assert found["missing"] == []
    (policy,) = found["policies"]
    assert "s3:CreateBucket" in policy["document"]["Statement"][0]["Action"]


def test_another_release_is_compared_with_what_is_attached() -> None:
    code, out, _ = said(
        "--cluster=sandbox:karpenter-1.8", "--policy=karpenter", "--for=karpenter=1.14", "--diff"
    )
    assert code == 0
    assert "+ ec2:DescribeInstanceStatus" in out.splitlines()
    assert "- eks:DescribeCluster" in out.splitlines()


def test_kinds_that_are_to_be_used_are_granted_before_there_is_a_resource() -> None:
    code, out, _ = said(
        "--cluster=sandbox:ack-s3+ec2", "--policy=ack", "--for=ack-ec2=VPC,NATGateway", "--format=json"
    )
    (found,) = json.loads(out)
    assert code == 0
    assert "ec2-controller" in found["operator"]
    actions = {it for policy in found["policies"] for it in policy["document"]["Statement"][0]["Action"]}
    assert {"ec2:CreateVpc", "ec2:CreateNatGateway"} <= actions
    assert "ec2:CreateTransitGateway" not in actions


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("--cluster=sandbox", "--policy=karpenter"), "nothing here is called karpenter"),
        (("--cluster=sandbox:karpenter", "--policy=karpenter", "--for=0.37"), "known: 1.0"),
        (("--cluster=sandbox:ack", "--policy=ack", "--for=ack-s3=VPC"), "ack-s3 has no kind VPC"),
        (("--cluster=sandbox:ack", "--policy=ack", "--for=ack-s3=99.1"), "ack-s3 99.1 is not known"),
        (("--cluster=sandbox", "--diff"), "--for and --diff belong to --policy"),
    ],
)
def test_what_cannot_be_written_is_said(argv: tuple[str, ...], message: str) -> None:
    code, out, err = said(*argv)
    assert (code, out) == (2, "")
    assert message in err
