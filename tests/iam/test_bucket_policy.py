import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.iam.bucket_policy import (
    document_policy,
    is_public,
    of_other_issuers,
    opened_beyond,
    opens,
)
from keystone_check.iam.evaluate import Undecided
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


def text(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def grant(**elements: object) -> dict[str, object]:
    return {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": ARNS, **elements}


def when(operator: str, key: str, *values: str) -> dict[str, object]:
    return grant(Condition={operator: {key: list(values)}})


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (grant(), True),
        (grant(Principal={"AWS": "*"}), True),
        (grant(Principal={"AWS": "111122223333"}), False),
        (grant(Principal={"Service": "cloudtrail.amazonaws.com"}), False),
        (grant(Effect="Deny"), False),
        (when("StringLike", "aws:SourceVpc", "vpc-*"), True),
        (when("StringEquals", "aws:SourceVpc", "vpc-91237329"), False),
        (when("StringEqualsIfExists", "aws:SourceVpc", "vpc-91237329"), True),
        (when("StringNotEquals", "aws:SourceVpc", "vpc-91237329"), True),
        (when("StringEquals", "aws:Referer", "x"), True),
        (when("StringEquals", "aws:PrincipalOrgID", "o-1"), False),
        (when("IpAddress", "aws:SourceIp", "203.0.113.0/24"), False),
        (when("IpAddress", "aws:SourceIp", "0.0.0.0/1"), True),
        (when("IpAddress", "aws:SourceIp", "10.0.0.0/8", "0.0.0.0/0"), True),
        (when("IpAddress", "aws:SourceIp", "2001:db8::/31"), True),
        (
            when("ArnLike", "s3:DataAccessPointArn", "arn:aws:s3:us-west-2:123456789012:accesspoint/*"),
            False,
        ),
    ],
)
def test_public_is_what_s3_documents(statement: dict[str, object], expected: bool) -> None:
    assert is_public(text(statement)) is expected


def test_one_public_statement_makes_the_policy_public() -> None:
    assert is_public(text(grant(Principal={"AWS": "111122223333"}), grant())) is True


def test_a_policy_that_cannot_be_read_is_not_guessed() -> None:
    assert isinstance(is_public("<html>"), Undecided)
    assert not opens("<html>", BUCKET, KEYS[0])
    assert opened_beyond("<html>", BUCKET)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (grant(Action="s3:*"), "everyone s3:*"),
        (grant(Action=["s3:GetObject", "s3:ListBucket"]), "s3:ListBucket"),
        (grant(Resource="arn:aws:s3:::b-1/*"), "on arn:aws:s3:::b-1/*"),
        (grant(Resource=[*ARNS, "arn:aws:s3:::b-1/secret"]), "on arn:aws:s3:::b-1/secret"),
    ],
)
def test_what_is_opened_beyond_the_documents_is_told(statement: dict[str, object], said: str) -> None:
    (beyond,) = opened_beyond(text(statement), BUCKET)
    assert beyond.startswith("Statement[0] lets everyone ")
    assert said in beyond


def test_what_a_deny_takes_back_is_not_opened() -> None:
    deny: dict[str, object] = {"Effect": "Deny", "Principal": "*", "Action": "s3:ListBucket", "Resource": "*"}
    policy = text(grant(), grant(Action="s3:ListBucket", Resource="arn:aws:s3:::b-1"), deny)
    assert opened_beyond(policy, BUCKET) == ()


foreign = st.sampled_from(
    [
        grant(Sid="Account", Principal={"AWS": "111122223333"}, Action="s3:*", Resource="*"),
        grant(Sid="Plain", Effect="Deny", Resource="*", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        when("StringEquals", "aws:SourceVpc", "vpc-1"),
    ]
)
open_to_all = st.sampled_from(
    [grant(), grant(Action="s3:*"), grant(Effect="Deny"), grant(Resource="arn:aws:s3:::b-1/*")]
)


@given(st.lists(foreign | open_to_all, max_size=5))
def test_the_written_policy_opens_exactly_the_documents(statements: list[dict[str, object]]) -> None:
    written = document_policy(text(*statements) if statements else None, "aws", "b-1", KEYS)
    assert all(opens(written, BUCKET, key) for key in KEYS)
    assert opened_beyond(written, BUCKET) == ()
    assert document_policy(written, "aws", "b-1", KEYS) == written


def test_foreign_statements_stay_as_they_are() -> None:
    kept = grant(Sid="PublicIssuerDocuments", Principal={"AWS": "111122223333"})
    written = json.loads(document_policy(text(kept, grant(Action="s3:*")), "aws", "b-1", KEYS))
    assert written["Statement"] == [kept, grant(Sid="PublicIssuerDocuments2")]


def test_a_policy_that_is_right_is_left_alone() -> None:
    policy = text(grant(Sid="Mine"))
    assert document_policy(policy, "aws", "b-1", KEYS) == policy


def test_the_partition_is_the_regions() -> None:
    written = document_policy(None, "aws-cn", "b-1", KEYS)
    assert '"arn:aws-cn:s3:::b-1/keys.json"' in written


OTHERS = [f"arn:aws:s3:::b-1/prod/{key}" for key in KEYS]


def test_the_documents_of_another_issuer_in_the_bucket_are_public_by_design_too() -> None:
    policy = text(grant(), grant(Resource=OTHERS))
    assert of_other_issuers(policy, BUCKET) == tuple(OTHERS)
    assert opened_beyond(policy, BUCKET, of_other_issuers(policy, BUCKET)) == ()
    assert opened_beyond(policy, BUCKET)


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:s3:::b-1/prod/*",
        "arn:aws:s3:::b-1/*/.well-known/openid-configuration",
        "arn:aws:s3:::b-1/prod/keys.json",
        "arn:aws:s3:::b-1/prod/state.json",
    ],
    ids=["all-below", "any-path", "keys-without-an-issuer", "something-else"],
)
def test_what_no_issuer_publishes_is_opened_beyond(resource: str) -> None:
    policy = text(grant(), grant(Resource=[resource]))
    assert of_other_issuers(policy, BUCKET) == ()
    assert resource in opened_beyond(policy, BUCKET)[0]


def test_a_policy_that_is_written_anew_keeps_other_issuers_documents_open() -> None:
    written = document_policy(text(grant(Resource=[*OTHERS, "arn:aws:s3:::b-1/secret"])), "aws", "b-1", KEYS)
    assert [statement["Resource"] for statement in json.loads(written)["Statement"]] == [[*ARNS, *OTHERS]]
