from typing import Any

import pytest

from keystone_check.model.access import Access
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing
from keystone_check.probes.aws import Aws
from keystone_check.probes.ownership import organization_public_access, own_buckets, provider_buckets
from tests.probes.conftest import in_aws
from tests.probes.servers import Reply, Request

ME = Caller("arn:aws:iam::123456789012:user/me", "123456789012", "eu-central-1")
STEM = "arn:aws:iam::123456789012:oidc-provider/"


def said(plain: Any, status: int, body: str) -> object:
    def answer(request: Request) -> Reply:
        return Reply(status, {"content-type": "application/x-amz-json-1.1"}, body.encode())

    return organization_public_access(Aws(in_aws(f"http://127.0.0.1:{plain(answer).port}")), ME)


@pytest.mark.parametrize("value", ['"all"', '{"@@assign": "all"}'])
def test_the_policy_in_force_says_what_it_blocks(plain: Any, value: str) -> None:
    content = f'{{"s3_attributes": {{"public_access_block_configuration": {value}}}}}'.replace('"', '\\"')
    assert said(plain, 200, f'{{"EffectivePolicy": {{"PolicyContent": "{content}"}}}}') == "all"


@pytest.mark.parametrize("content", ["", "{}", "[]", "nonsense"])
def test_a_policy_that_says_nothing_of_it_is_absent(plain: Any, content: str) -> None:
    found = said(plain, 200, f'{{"EffectivePolicy": {{"PolicyContent": "{content}"}}}}')
    assert isinstance(found, Absent)
    assert "says nothing of public access" in found.because


@pytest.mark.parametrize(
    ("code", "because"),
    [
        ("AWSOrganizationsNotInUseException", "is in no organization"),
        ("EffectivePolicyNotFoundException", "is under no S3 policy"),
    ],
)
def test_no_organization_and_no_policy_are_absent(plain: Any, code: str, because: str) -> None:
    found = said(plain, 400, f'{{"__type": "{code}"}}')
    assert isinstance(found, Absent)
    assert because in found.because


def test_a_refusal_names_the_right(plain: Any) -> None:
    found = said(plain, 400, '{"__type": "AccessDeniedException", "message": "no"}')
    assert isinstance(found, Missing)
    assert found.permission == "organizations:DescribeEffectivePolicy"


def test_only_buckets_that_are_not_ours_are_asked_for(account: Access) -> None:
    aws = Aws(account)
    s3 = aws.client("s3")
    for name in ("ours", "theirs"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    assert own_buckets(aws) == ("ours", "theirs")
    arns = [f"{STEM}{name}.s3.eu-central-1.amazonaws.com" for name in ("ours", "theirs", "nobodys")]
    found = provider_buckets(aws, [*arns, f"{STEM}oidc.eks.eu-central-1.amazonaws.com/id/1"], ["ours"])
    assert dict(found) == {
        "nobodys": Absent("nobodys", "there is no bucket nobodys"),
        "theirs": "eu-central-1",
    }
