import json
from dataclasses import replace

import pytest

from keystone_check.iam.evaluate import Allowed, Decision, Denied, Undecided
from keystone_check.iam.s3 import anonymous_get, document_policy, locate, may
from keystone_check.model.aws import Bucket, Grant, PublicAccessBlock, StoredObject
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.web import Response

HOST = "https://b-1.s3.eu-west-1.amazonaws.com"
OPEN = Absent("account_public_access", "the account blocks nothing")
RESTRICTED = PublicAccessBlock(True, True, True, True)
BUCKET = Bucket(
    "b-1",
    "eu-west-1",
    PublicAccessBlock(True, True, False, False),
    "BucketOwnerEnforced",
    document_policy(None, "aws", "b-1", ("keys.json", "gone.json", "unread.json")),
    Subjects(
        (
            ("keys.json", StoredObject('{"ü": 1}', "application/json")),
            ("gone.json", Absent("gone.json", "no such object")),
            ("unread.json", Missing("unread.json", "s3:GetObject: AccessDenied")),
        )
    ),
)
LISTING = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
LISTABLE = replace(BUCKET, policy=json.dumps({"Version": "2012-10-17", "Statement": LISTING}))


def answer(
    bucket: Bucket | Absent = BUCKET,
    url: str = f"{HOST}/keys.json",
    account: PublicAccessBlock | Absent | Missing = OPEN,
) -> tuple[int, str]:
    """The status and S3's code; 0 and why for what is undecided."""
    response = anonymous_get(bucket, account, url)
    if isinstance(response, Undecided):
        return 0, str(response)
    assert isinstance(response.body, str)
    code = response.body.partition("<Code>")[2].partition("</Code>")[0]
    return response.status, code


def test_an_open_object_is_served_as_it_is_stored() -> None:
    url = f"{HOST}/keys.json"
    expected = Response(url, 200, (("content-type", "application/json"),), '{"ü": 1}', 9)
    assert anonymous_get(BUCKET, OPEN, url) == expected


@pytest.mark.parametrize(
    ("bucket", "url", "expected"),
    [
        (Absent("bucket", "no such bucket"), f"{HOST}/keys.json", (404, "NoSuchBucket")),
        (replace(BUCKET, policy=Absent("policy", "none")), f"{HOST}/keys.json", (403, "AccessDenied")),
        (replace(BUCKET, public_access=RESTRICTED), f"{HOST}/keys.json", (403, "AccessDenied")),
        (BUCKET, f"{HOST}/other.json", (403, "AccessDenied")),
        (BUCKET, f"{HOST}/gone.json", (403, "AccessDenied")),
        (LISTABLE, f"{HOST}/gone.json", (404, "NoSuchKey")),
        (BUCKET, HOST, (403, "AccessDenied")),
        (BUCKET, "https://s3.eu-west-1.amazonaws.com/b-1/keys.json", (200, "")),
        (BUCKET, "https://b-1.s3.amazonaws.com/keys.json", (200, "")),
        (BUCKET, "https://s3.amazonaws.com/b-1/keys.json", (301, "PermanentRedirect")),
        (BUCKET, "https://b-1.s3.us-east-2.amazonaws.com/keys.json", (301, "PermanentRedirect")),
    ],
)
def test_a_stranger_gets_what_s3_documents(
    bucket: Bucket | Absent, url: str, expected: tuple[int, str]
) -> None:
    assert answer(bucket, url) == expected


def encrypted(algorithm: str) -> Bucket:
    locked = StoredObject("{}", "application/json", algorithm)
    return replace(BUCKET, objects=BUCKET.objects.put("keys.json", locked))


@pytest.mark.parametrize("algorithm", ["aws:kms", "aws:kms:dsse"])
def test_what_a_key_of_kms_encrypts_is_for_those_who_sign(algorithm: str) -> None:
    assert answer(encrypted(algorithm)) == (400, "InvalidArgument")
    response = anonymous_get(encrypted(algorithm), OPEN, f"{HOST}/keys.json")
    assert isinstance(response, Response)
    assert isinstance(response.body, str)
    assert "AWS KMS managed keys require AWS Signature Version 4.</Message>" in response.body
    assert "<ArgumentName>Authorization</ArgumentName><ArgumentValue>null</ArgumentValue>" in response.body


def test_s3s_own_keys_lock_nobody_out() -> None:
    assert answer(encrypted("AES256")) == (200, "")


def test_a_shut_policy_comes_before_encryption() -> None:
    assert answer(replace(encrypted("aws:kms"), policy=Absent("p", ""))) == (403, "AccessDenied")


GRANTED = replace(
    BUCKET, ownership="ObjectWriter", public_access=Absent("p", ""), grants=(Grant("AllUsers", "READ"),)
)


def may_list(bucket: Bucket) -> Decision:
    place = locate(HOST)
    assert place is not None
    return may(bucket, OPEN, place, "s3:ListBucket", "")


def test_an_acl_grants_what_it_says_where_acls_count() -> None:
    assert isinstance(may_list(GRANTED), Allowed)
    assert answer(GRANTED, f"{HOST}/gone.json") == (404, "NoSuchKey")
    assert isinstance(may_list(replace(GRANTED, ownership="BucketOwnerEnforced")), Denied)
    assert isinstance(may_list(replace(GRANTED, public_access=RESTRICTED)), Denied)
    assert isinstance(may_list(replace(GRANTED, grants=(Grant("AllUsers", "WRITE"),))), Denied)
    assert isinstance(may_list(replace(GRANTED, grants=())), Denied)


def test_whether_an_acl_counts_is_not_guessed() -> None:
    unread = Missing("public_access", "s3:GetBucketPublicAccessBlock: AccessDenied")
    assert may_list(replace(GRANTED, public_access=unread)) == Undecided((unread,))
    assert may_list(replace(GRANTED, grants=unread)) == Undecided((unread,))


def test_the_accounts_block_restricts_like_the_buckets() -> None:
    assert answer(account=RESTRICTED) == (403, "AccessDenied")


@pytest.mark.parametrize(
    ("bucket", "url", "said"),
    [
        (
            replace(BUCKET, policy=Missing("policy", "s3:GetBucketPolicy: AccessDenied")),
            "/keys.json",
            "GetBucket",
        ),
        (replace(BUCKET, policy="nonsense"), "/keys.json", "cannot be read"),
        (replace(BUCKET, public_access=Missing("p", "not read")), "/keys.json", "not read"),
        (BUCKET, "/unread.json", "s3:GetObject: AccessDenied"),
        (BUCKET, "/keys.json?versionId=1", "not modelled"),
        (LISTABLE, "/", "listing"),
        (
            replace(BUCKET, policy=Absent("p", ""), ownership="ObjectWriter", public_access=Absent("p", "")),
            "/keys.json",
            "ACLs",
        ),
    ],
)
def test_what_depends_on_what_nobody_read_is_not_guessed(bucket: Bucket, url: str, said: str) -> None:
    status, because = answer(bucket, HOST + url)
    assert status == 0
    assert said in because


def test_a_block_that_nobody_read_does_not_matter_where_the_answer_is_no_anyway() -> None:
    unread = Missing("account_public_access", "s3:GetAccountPublicAccessBlock: AccessDenied")
    assert answer(replace(BUCKET, policy=Absent("p", "")), account=unread) == (403, "AccessDenied")
    assert answer(replace(BUCKET, public_access=RESTRICTED), account=unread) == (403, "AccessDenied")
    assert answer(account=unread)[0] == 0


def test_an_answer_is_a_function_of_the_question() -> None:
    assert anonymous_get(BUCKET, OPEN, f"{HOST}/x") == anonymous_get(BUCKET, OPEN, f"{HOST}/x")
    assert anonymous_get(BUCKET, OPEN, f"{HOST}/x") != anonymous_get(BUCKET, OPEN, f"{HOST}/y")


def test_an_error_is_the_document_that_s3_sends() -> None:
    response = anonymous_get(Absent("bucket", "none"), OPEN, f"{HOST}/a&b")
    assert isinstance(response, Response)
    assert isinstance(response.body, str)
    assert response.header("content-type") == "application/xml"
    assert "<BucketName>b-1</BucketName><RequestId>" in response.body
    assert response.size == len(response.body.encode())
