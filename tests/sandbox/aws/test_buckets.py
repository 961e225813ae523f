"""How the sandbox makes buckets, and what it refuses, as S3 does."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving, serve
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    """An account whose bucket has an ACL that grants to everyone."""
    ground = Ground.make()
    world = FAULTS["acl-lets-everyone-write"].apply(healthy(ground, NOW))
    with serve(world, ground) as found:
        yield found


def s3(serving: Serving, region: str) -> Any:
    keys = serving.access.aws_credentials
    assert keys is not None
    return boto3.client(
        "s3",
        region_name=region,
        endpoint_url=serving.access.aws_endpoint,
        aws_access_key_id=keys.access_key_id.reveal(),
        aws_secret_access_key=keys.secret_access_key.reveal(),
    )


def code(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Code"])


def test_a_new_bucket_is_shut_without_acls_and_encrypted_by_s3s_own_key(serving: Serving) -> None:
    client = s3(serving, "eu-west-1")
    client.create_bucket(Bucket="fresh", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    block = client.get_public_access_block(Bucket="fresh")["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    owned = client.get_bucket_ownership_controls(Bucket="fresh")["OwnershipControls"]["Rules"]
    assert owned == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    (rule,) = client.get_bucket_encryption(Bucket="fresh")["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    again = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    assert code(client.create_bucket, Bucket="fresh", **again) == "BucketAlreadyOwnedByYou"


def test_us_east_1_is_no_location_constraint(serving: Serving) -> None:
    client = s3(serving, "us-east-1")
    named = {"CreateBucketConfiguration": {"LocationConstraint": "us-east-1"}}
    assert code(client.create_bucket, Bucket="home", **named) == "InvalidLocationConstraint"
    client.create_bucket(Bucket="home")
    assert client.head_bucket(Bucket="home")


def test_acls_that_grant_to_others_are_emptied_before_they_are_disabled(serving: Serving) -> None:
    client, bucket = s3(serving, "eu-central-1"), getattr(serving.world.bucket, "name", "")
    rules = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    refused = code(client.put_bucket_ownership_controls, Bucket=bucket, OwnershipControls=rules)
    assert refused == "InvalidBucketAclWithObjectOwnership"
    client.put_bucket_acl(Bucket=bucket, ACL="private")
    client.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=rules)


def test_a_name_that_another_account_has_is_taken() -> None:
    ground = Ground.make()
    world = FAULTS["bucket-is-in-another-account"].apply(healthy(ground, NOW))
    with serve(world, ground) as serving:
        client, bucket = s3(serving, "eu-central-1"), getattr(serving.world.bucket, "name", "")
        where = {"CreateBucketConfiguration": {"LocationConstraint": "eu-central-1"}}
        assert code(client.create_bucket, Bucket=bucket, **where) == "BucketAlreadyExists"
