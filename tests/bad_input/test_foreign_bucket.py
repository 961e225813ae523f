"""The issuer's bucket is in another account: what can be judged is, and whose it is comes first."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from keystone_check.model.aws import Bucket
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.serve import Serving
from tests.bad_input.looking import judged, served

FOREIGN = FAULTS["bucket-is-in-another-account"]


def s3_of(serving: Serving) -> Any:
    keys = serving.access.aws_credentials
    assert keys is not None
    return boto3.client(
        "s3",
        region_name=serving.access.region,
        endpoint_url=serving.access.aws_endpoint,
        aws_access_key_id=keys.access_key_id.reveal(),
        aws_secret_access_key=keys.secret_access_key.reveal(),
    )


def test_a_bucket_in_another_account_is_named_and_its_documents_are_judged() -> None:
    with served(edit=FOREIGN.apply) as serving:
        found = judged(serving.access)
    assert found.checks("broken") == FOREIGN.breaks
    assert {check for check, seen in found.statuses.items() if "blocked" in seen} == FOREIGN.blocks
    assert {"discovery_document_is_public", "key_set_is_public", "sts_accepts_the_token"} <= found.checks(
        "holds"
    )
    assert any("exists and is not one of account" in said for said in found.messages)


def test_s3_refuses_a_bucket_of_another_owner_than_the_expected_one() -> None:
    with served() as serving:
        assert isinstance(serving.world.bucket, Bucket)
        name, s3 = serving.world.bucket.name, s3_of(serving)
        s3.head_bucket(Bucket=name)
        with pytest.raises(ClientError, match="403"):
            s3.head_bucket(Bucket=name, ExpectedBucketOwner="999988887777")


def test_of_another_accounts_bucket_everybody_gets_what_is_public_and_no_more() -> None:
    with served(edit=FOREIGN.apply) as serving:
        assert isinstance(serving.world.bucket, Bucket)
        name, s3 = serving.world.bucket.name, s3_of(serving)
        key = serving.world.bucket.objects.entries[0][0]
        assert b"issuer" in s3.get_object(Bucket=name, Key=key)["Body"].read()
        assert s3.list_buckets()["Buckets"] == []
        for refused in (s3.get_bucket_policy, s3.get_bucket_acl, s3.list_objects_v2):
            with pytest.raises(ClientError, match="AccessDenied"):
                refused(Bucket=name)
