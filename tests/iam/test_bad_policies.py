"""Bad policies at every door: a value that says what is wrong and where, never an exception."""

import json

import pytest

from keystone_check.iam.bucket_policy import document_policy, is_public, opened_beyond
from keystone_check.iam.evaluate import Allowed, Undecided, decide
from keystone_check.iam.language import PolicyKind
from keystone_check.iam.policy import read
from keystone_check.iam.trust import mended, names_provider, subject_pin, trust_decision
from keystone_check.model.aws import Bucket
from keystone_check.model.facts import Absent
from tests.iam.builders import request
from tests.iam.trusts import AUDIENCE, HOST, ISSUER, PROVIDER, SUBJECT, conditions, statement, trust

CLAIMS = {"sub": SUBJECT, "aud": AUDIENCE}
BUCKET = Bucket("b-1", "eu-west-1", Absent("block", "none"), "BucketOwnerEnforced", Absent("policy", "none"))
KEYS = (".well-known/openid-configuration",)

OF_ANY_KIND = [
    ("", "a policy is a JSON object; it is empty"),
    ('"Allow"', "a policy is a JSON object; it is a string"),
    ("[]", "a policy is a JSON object; it is an empty list"),
    ("null", "a policy is a JSON object; it is null"),
    ("x" * 20_480, "it is not JSON: Expecting value at line 1, column 1"),
    ("<html>", "it is an HTML page"),
    ("[" * 100_000, "it is not JSON"),
    ('{"a":' * 1000 + "1" + "}" * 1000, "it is not JSON: it is nested"),
    ('{"Version": "2012-10-17", "Statement": {}}', "Statement[0]: a statement is an object with an Effect"),
    ('{"Version": "2012-10-17", "Statement": []}', "Statement: there is no statement"),
    ('{"Version": "2012-10-17", "Statement": [[]]}', "Statement[0]: a statement is an object"),
    ('{"Version": "2012-10-17", "Statement": null}', "Statement[0]: a statement is an object"),
    ('{"Version": NaN, "Statement": []}', "it is not JSON: NaN is not JSON"),
    ('{"Version": ["2012-10-17"], "Statement": []}', "Version: it is 2008-10-17 or 2012-10-17"),
    ('{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": []}', '"Version" stands twice'),
]
OF_A_TRUST = [
    (
        statement(Condition={"StringIs": {f"{HOST}:sub": "x"}}),
        "Condition.StringIs: there is no such operator",
    ),
    (
        statement(Condition={"ForMost:StringLike": {f"{HOST}:sub": "x"}}),
        '"ForMost" is neither ForAllValues nor',
    ),
    (
        statement(Condition={"StringEquals": {f"{HOST}:sub": {"a": 1}}}),
        f"StringEquals.{HOST}:sub: a condition",
    ),
    (statement(Condition={"StringEquals": [SUBJECT]}), "StringEquals: it is an object of condition keys"),
    (statement(Condition="x"), "Statement[0].Condition: it is an object of operators; this is a string"),
    (statement(Condition=conditions(sub=None) | {"Nul": {}}), "Condition.Nul: there is no such operator"),
    (statement(Effect=["Allow"]), "Statement[0].Effect: it is Allow or Deny, not ['Allow']"),
    (
        statement(Action={}),
        "Statement[0].Action: it is a string or a list of strings; this is an empty object",
    ),
    (
        statement(Action=[["sts:*"]]),
        "Statement[0].Action: it is a string or a list of strings; this is a list",
    ),
    (statement(Principal=[]), "Statement[0].Principal: it is * or an object"),
    (statement(Principal={"Federated": 7}), "Statement[0].Principal.Federated: it is a string or a list"),
    (statement(Principal={"Service": "*"}), 'Statement[0].Principal.Service: "*": a service has no wildcard'),
    (statement(Resource="*"), "Statement[0].Resource: a trust policy has no Resource"),
    (statement(Sid="x" * 20_000), "the trust policy has at most 8192 characters"),
    (statement(Sid=True), "Statement[0].Sid: it is a string; this is a boolean"),
    (statement(Condition=conditions(sub="\u20ac")), "U+20AC is a character that IAM does not take"),
]


@pytest.mark.parametrize(("text", "said"), OF_ANY_KIND, ids=[said for _, said in OF_ANY_KIND])
@pytest.mark.parametrize("kind", PolicyKind)
def test_every_kind_of_policy_is_told_what_is_wrong(text: str, said: str, kind: PolicyKind) -> None:
    reading = read(text, kind)
    assert reading.policy is None
    assert said in reading.because
    assert decide((reading,), request()) == Undecided((f"a policy cannot be read: {reading.because}",))


TRUSTS = [
    *OF_ANY_KIND,
    *((json.dumps(json.loads(trust(body)), ensure_ascii=False), said) for body, said in OF_A_TRUST),
]


@pytest.mark.parametrize(("text", "said"), TRUSTS, ids=[said for _, said in TRUSTS])
def test_every_answer_about_a_bad_trust_policy_says_what_is_wrong(text: str, said: str) -> None:
    decision = trust_decision(text, PROVIDER, ISSUER, CLAIMS)
    assert isinstance(decision, Undecided)
    assert str(decision).startswith("the trust policy cannot be read: ")
    for answer in (decision, names_provider(text, PROVIDER), subject_pin(text, PROVIDER, ISSUER, SUBJECT)):
        assert isinstance(answer, Undecided)
        assert said in str(answer)


@pytest.mark.parametrize(("text", "said"), TRUSTS, ids=[said for _, said in TRUSTS])
def test_a_bad_trust_policy_is_mended_into_a_good_one(text: str, said: str) -> None:
    good = mended(text, PROVIDER, ISSUER, (SUBJECT,), AUDIENCE)
    assert said not in read(good, PolicyKind.TRUST).because
    assert isinstance(trust_decision(good, PROVIDER, ISSUER, CLAIMS), Allowed)


@pytest.mark.parametrize(("text", "said"), OF_ANY_KIND, ids=[said for _, said in OF_ANY_KIND])
def test_every_answer_about_a_bad_bucket_policy_says_what_is_wrong(text: str, said: str) -> None:
    public = is_public(text)
    assert isinstance(public, Undecided)
    assert said in str(public)
    (opened,) = opened_beyond(text, BUCKET)
    assert said in opened
    written = document_policy(text, "aws", "b-1", KEYS)
    assert read(written, PolicyKind.RESOURCE).problems == ()


def test_all_that_is_wrong_is_told_at_once() -> None:
    body = {
        "Effect": "allow",
        "Action": 3,
        "Resource": "*",
        "Condition": {"StringIs": {"x": None}},
        "Extra": 1,
    }
    places = [problem.place for problem in read(trust(body), PolicyKind.TRUST).problems]
    assert places == [
        "Statement[0].Extra",
        "Statement[0].Action",
        "Statement[0].Resource",
        "Statement[0]",
        "Statement[0].Effect",
        "Statement[0].Condition.StringIs",
        "Statement[0].Condition.StringIs.x",
        "Statement[0].Condition.StringIs.x",
    ]
