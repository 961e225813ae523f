"""The issuer's bucket and the account's public access block, read from moto."""

from typing import Any

import pytest

from keystone_check.model.access import Access
from keystone_check.model.aws import Bucket, Caller, PublicAccessBlock, StoredObject
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.web import Response
from keystone_check.probes.aws import Aws
from keystone_check.probes.bucket import account_public_access, bucket
from tests.probes.conftest import in_aws
from tests.probes.servers import Reply, Request

ISSUER = "https://keys.s3.eu-central-1.amazonaws.com/one"
ME = Caller("arn:aws:sts::123456789012:user/moto", "123456789012", "eu-central-1")
SETTINGS = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": False,
    "RestrictPublicBuckets": False,
}
BLOCK = PublicAccessBlock(True, True, False, False)
POLICY = '{"Version":"2012-10-17", "Statement":[]}'
UNREAD = Missing("discovery", "not published")
DISCOVERY_KEY = "one/.well-known/openid-configuration"


@pytest.fixture
def s3(account: Access) -> Any:
    client = Aws(account).client("s3")
    client.create_bucket(Bucket="keys", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return client


def read(account: Access, discovery: Response | Missing = UNREAD, issuer: str = ISSUER) -> Bucket:
    found = bucket(Aws(account), issuer, lambda: discovery)
    assert isinstance(found, Bucket)
    return found


def test_every_setting_is_read_as_stored(account: Access, s3: Any) -> None:
    s3.put_public_access_block(Bucket="keys", PublicAccessBlockConfiguration=SETTINGS)
    rules = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    s3.put_bucket_ownership_controls(Bucket="keys", OwnershipControls=rules)
    s3.put_bucket_policy(Bucket="keys", Policy=POLICY)
    found = read(account)
    assert (found.name, found.region) == ("keys", "eu-central-1")
    assert (found.public_access, found.ownership, found.policy) == (BLOCK, "BucketOwnerEnforced", POLICY)


def test_what_is_not_set_is_absent(account: Access, s3: Any) -> None:
    s3.delete_public_access_block(Bucket="keys")
    s3.delete_bucket_ownership_controls(Bucket="keys")
    found = read(account)
    assert found.public_access == Absent("public_access", "bucket keys has no public access block")
    assert found.ownership == Absent("ownership", "bucket keys has no ownership controls")
    assert found.policy == Absent("policy", "bucket keys has no policy")


def test_the_two_documents_are_looked_for_under_the_issuers_path(account: Access, s3: Any) -> None:
    s3.put_object(
        Bucket="keys", Key="one/openid/v1/jwks", Body=b'{"keys":[]}', ContentType="application/json"
    )
    assert read(account).objects == Subjects(
        (
            (DISCOVERY_KEY, Absent(DISCOVERY_KEY, f"there is no object {DISCOVERY_KEY} in bucket keys")),
            ("one/openid/v1/jwks", StoredObject('{"keys":[]}', "application/json")),
        )
    )


def test_the_key_set_is_where_the_published_document_says(account: Access, s3: Any) -> None:
    text = f'{{"issuer": "{ISSUER}", "jwks_uri": "https://keys.s3.eu-central-1.amazonaws.com/two/k.json"}}'
    found = read(account, Response("u", 200, (), text, len(text)))
    assert [key for key, _ in found.objects] == [DISCOVERY_KEY, "two/k.json"]


def test_a_stored_document_is_asked_where_the_published_one_is_not_to_be_had(
    account: Access, s3: Any
) -> None:
    text = f'{{"issuer": "{ISSUER}", "jwks_uri": "https://s3.eu-central-1.amazonaws.com/keys/k.json"}}'
    s3.put_object(Bucket="keys", Key=DISCOVERY_KEY, Body=text.encode())
    assert [key for key, _ in read(account).objects] == [DISCOVERY_KEY, "k.json"]


def test_an_object_that_is_no_text_is_there_and_its_body_is_not(account: Access, s3: Any) -> None:
    s3.put_object(Bucket="keys", Key=DISCOVERY_KEY, Body=b"\xfe")
    document = read(account).objects[DISCOVERY_KEY]
    assert isinstance(document, StoredObject)
    assert isinstance(document.body, Missing)
    assert "not UTF-8: byte 0xfe at position 0" in document.body.because


def test_a_bucket_that_does_not_exist_is_absent(account: Access) -> None:
    assert bucket(Aws(account), ISSUER, lambda: UNREAD) == Absent("bucket", "there is no bucket keys")


def test_only_the_wanted_settings_are_asked_for(account: Access, s3: Any) -> None:
    s3.put_bucket_policy(Bucket="keys", Policy=POLICY)
    found = bucket(Aws(account), ISSUER, lambda: UNREAD, frozenset({"bucket.policy"}))
    assert isinstance(found, Bucket)
    assert found.policy == POLICY
    assert found.public_access == Missing("public_access", "no selected check needs it")
    assert found.ownership == Missing("ownership", "no selected check needs it")


def refusing(plain: Any, *refused: str, region: str = "eu-north-1") -> Access:
    """S3 that refuses these methods, and tells the bucket's region as S3 does beside a refusal."""
    denied = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"

    def answer(request: Request) -> Reply:
        status = 403 if request.method in refused else 200
        headers = {"x-amz-bucket-region": region} if region else {}
        return Reply(status, headers, denied if (status, request.method) == (403, "GET") else b"")

    return in_aws(f"http://127.0.0.1:{plain(answer).port}")


def test_the_region_is_told_beside_a_refusal(plain: Any) -> None:
    found = bucket(Aws(refusing(plain, "HEAD", "GET")), "https://keys.s3.amazonaws.com", lambda: UNREAD)
    assert isinstance(found, Bucket)
    assert found.region == "eu-north-1"


def test_a_region_that_nobody_tells_is_missing(plain: Any) -> None:
    access = refusing(plain, "HEAD", region="")
    found = bucket(Aws(access), "https://keys.s3.amazonaws.com", lambda: UNREAD)
    assert isinstance(found, Missing)
    assert found.because.startswith("s3:HeadBucket keys: 403")


@pytest.mark.parametrize(
    ("refused", "permission"), [(("GET",), "s3:GetObject"), (("HEAD", "GET"), "s3:ListBucket")]
)
def test_a_refused_object_names_the_right_that_would_tell_more(
    plain: Any, refused: tuple[str, ...], permission: str
) -> None:
    found = bucket(Aws(refusing(plain, *refused)), ISSUER, lambda: UNREAD)
    assert isinstance(found, Bucket)
    gap = found.objects[DISCOVERY_KEY]
    assert isinstance(gap, Missing)
    assert gap.permission == permission


def test_where_the_key_set_is_said_to_be_is_not_guessed(plain: Any) -> None:
    found = bucket(Aws(refusing(plain, "GET")), ISSUER, lambda: UNREAD)
    assert isinstance(found, Bucket)
    assert [key for key, _ in found.objects] == [DISCOVERY_KEY]


def test_an_issuer_elsewhere_has_no_bucket(account: Access) -> None:
    found = bucket(Aws(account), "https://oidc.keystone.example", lambda: UNREAD)
    assert found == Absent("bucket", "the issuer is not an S3 address")


def test_the_accounts_block_is_read_at_a_custom_endpoint(account: Access) -> None:
    aws = Aws(account)
    assert account_public_access(aws, ME) == Absent(
        "account_public_access", "account 123456789012 has no public access block"
    )
    aws.client("s3control").put_public_access_block(
        AccountId=ME.account, PublicAccessBlockConfiguration=SETTINGS
    )
    assert account_public_access(aws, ME) == BLOCK
