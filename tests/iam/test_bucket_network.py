import json

import pytest

from keystone_check.iam.bucket_network import given_way, shut_by_network
from keystone_check.model.aws import Bucket, StoredObject
from keystone_check.model.facts import Absent, Subjects

KEYS = (".well-known/openid-configuration", "keys.json")
ARNS = [f"arn:aws:s3:::b-1/{key}" for key in KEYS]
BUCKET = Bucket(
    "b-1",
    "eu-west-1",
    Absent("public_access", "none"),
    "BucketOwnerEnforced",
    Absent("policy", "none"),
    Subjects(tuple((key, StoredObject("{}", "application/json")) for key in KEYS)),
)
OPENS: dict[str, object] = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": ARNS}
DENIES: dict[str, object] = {**OPENS, "Effect": "Deny", "Sid": "Here"}
INSECURE = {**DENIES, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
OFFICE = {"aws:SourceIp": "198.51.100.0/24"}
ENDPOINT = {"aws:SourceVpce": "vpce-1"}


def shut(*statements: dict[str, object]) -> tuple[str, ...]:
    return shut_by_network(text(*statements), BUCKET, KEYS)


def text(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def where(statement: dict[str, object], operator: str, keys: dict[str, str]) -> dict[str, object]:
    return {**statement, "Condition": {operator: keys}}


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ((where(OPENS, "IpAddress", OFFICE),), "Statement[0] allows it where IpAddress aws:SourceIp"),
        ((where(OPENS, "StringEquals", ENDPOINT),), "StringEquals aws:SourceVpce vpce-1"),
        ((OPENS, where(DENIES, "NotIpAddress", OFFICE)), 'Statement[1] "Here" denies it where NotIpAddress'),
        ((OPENS, where(DENIES, "StringNotEquals", ENDPOINT)), "StringNotEquals aws:SourceVpce vpce-1"),
        ((where(OPENS, "StringEquals", {"aws:PrincipalOrgID": "o-1"}),), "aws:PrincipalOrgID o-1"),
    ],
)
def test_a_condition_on_the_network_that_shuts_strangers_out_is_named(
    statements: tuple[dict[str, object], ...], said: str
) -> None:
    (found,) = shut(*statements)
    assert said in found


@pytest.mark.parametrize(
    "statements",
    [
        (OPENS,),
        (OPENS, INSECURE),
        (where(OPENS, "Bool", {"aws:SecureTransport": "true"}),),
        (OPENS, where({**DENIES, "Action": "s3:PutObject"}, "NotIpAddress", OFFICE)),
        (where({**OPENS, "Resource": "arn:aws:s3:::b-1/other"}, "IpAddress", OFFICE),),
        (where(OPENS, "StringEquals", {"s3:ExistingObjectTag/public": "yes"}),),
        (DENIES,),
    ],
)
def test_what_shuts_nobody_out_by_his_network_is_not_named(statements: tuple[dict[str, object], ...]) -> None:
    assert shut(*statements) == ()


def test_a_policy_that_cannot_be_read_names_nothing() -> None:
    assert shut_by_network("nonsense", BUCKET, KEYS) == ()
    assert given_way("nonsense", BUCKET, KEYS) == ()


def test_the_statements_that_deny_the_documents_are_those_to_drop() -> None:
    policy = text(OPENS, where(DENIES, "StringNotEquals", ENDPOINT), INSECURE)
    assert given_way(policy, BUCKET, KEYS) == ('Statement[1] "Here"',)
