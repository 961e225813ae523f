import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.iam.language import Effect
from keystone_check.iam.policy import PolicyKind, read

ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def document(*statements: object, version: str | None = "2012-10-17", **more: object) -> str:
    written = {"Version": version} if version else {}
    return json.dumps({**written, **more, "Statement": list(statements)})


def problems(text: str, kind: PolicyKind = PolicyKind.IDENTITY) -> list[str]:
    reading = read(text, kind)
    assert reading.policy is None, "AWS would refuse it, so there is no policy"
    return [str(problem) for problem in reading.problems if problem.refused]


def without(name: str) -> dict[str, object]:
    return {key: value for key, value in ALLOW.items() if key != name}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a policy is a JSON object; it is empty"),
        ('"policy"', "a policy is a JSON object; it is a string"),
        ("[]", "a policy is a JSON object; it is an empty list"),
        ("{", "a policy is a JSON object; it is not JSON"),
        ('{"Version": "2012-10-17"}', "Statement: there is no statement"),
        ('{"Version": "2012-10-17", "Statement": {}}', "Statement[0]: a statement is an object"),
        ('{"Version": "2012-10-17", "Statement": []}', "Statement: there is no statement"),
        ('{"Version": "2012-10-17", "Statement": ["Allow"]}', "Statement[0]: a statement is an object"),
        (document(ALLOW, version="2020-01-01"), "Version: it is 2008-10-17 or 2012-10-17, not '2020-01-01'"),
        (document(ALLOW, Statements=[]), "Statements: there is no such element; did you mean Statement?"),
        (document({**ALLOW, "Effects": "Allow"}), "Statement[0].Effects: there is no such element"),
        (document(without("Effect")), "Statement[0].Effect: it is missing"),
        (document({**ALLOW, "Effect": "allow"}), "Statement[0].Effect: it is Allow or Deny, not 'allow'"),
        (document(without("Action")), "Statement[0]: there is neither Action nor NotAction"),
        (document({**ALLOW, "NotAction": "s3:*"}), "Statement[0]: Action and NotAction exclude each other"),
        (document({**ALLOW, "Action": 3}), "Statement[0].Action: it is a string or a list of strings"),
        (document({**ALLOW, "Action": []}), "this is an empty list"),
        (document({**ALLOW, "Action": "GetObject"}), "not of the form service:Action"),
        (document(without("Resource")), "Statement[0]: there is neither Resource nor NotResource"),
        (document({**ALLOW, "Resource": "bucket"}), '"bucket" is neither an ARN nor *'),
        (document({**ALLOW, "Principal": "*"}), "has no Principal"),
        (document({**ALLOW, "Condition": []}), "Statement[0].Condition: it is an object of operators"),
        (
            document({**ALLOW, "Condition": {"StringEqual": {"aws:x": "y"}}}),
            "Statement[0].Condition.StringEqual: there is no such operator; did you mean StringEquals",
        ),
        (document({**ALLOW, "Condition": {"StringEquals": "x"}}), "it is an object of condition keys"),
        (document({**ALLOW, "Condition": {"StringEquals": {"x": "y"}}}), "has the form prefix:name"),
        (document({**ALLOW, "Condition": {"StringEquals": {"a:x": None}}}), "this is null"),
        (document({**ALLOW, "Condition": {"ForSome:StringEquals": {"a:x": "y"}}}), '"ForSome" is neither'),
        (document({**ALLOW, "Condition": {"NullIfExists": {"a:x": "true"}}}), "Null takes no IfExists"),
        (document({**ALLOW, "Sid": 3}), "Statement[0].Sid: it is a string; this is a number"),
        (document({**ALLOW, "Sid": "a b"}), 'the Sid "a b" holds more than letters and digits'),
        (document({**ALLOW, "Sid": "A"}, {**ALLOW, "Sid": "A"}), 'the Sid "A" is used 2 times'),
        ('{"Statement": [{"Effect": "Allow", "Effect": "Deny"}]}', 'Statement[0]: "Effect" stands twice'),
        (document(*[{**ALLOW, "Sid": f"S{n}"} for n in range(200)]), "at most 10240 characters"),
    ],
)
def test_what_iam_refuses_is_told_with_its_place(text: str, said: str) -> None:
    assert any(said in problem for problem in problems(text)), problems(text)


@pytest.mark.parametrize(
    ("statement", "kind", "said"),
    [
        (ALLOW, PolicyKind.RESOURCE, "Statement[0]: there is no Principal"),
        ({**ALLOW, "Principal": "*"}, PolicyKind.TRUST, "a trust policy has no Resource"),
        ({**without("Resource"), "NotPrincipal": "*"}, PolicyKind.TRUST, "a trust policy cannot use it"),
        ({**ALLOW, "Principal": "me"}, PolicyKind.RESOURCE, "it is * or an object of AWS"),
        ({**ALLOW, "Principal": {}}, PolicyKind.RESOURCE, "this is an empty object"),
        (
            {**ALLOW, "Principal": {"Aws": "*"}},
            PolicyKind.RESOURCE,
            "Statement[0].Principal.Aws: there is no such element",
        ),
        ({**ALLOW, "Principal": {"AWS": "arn:aws:iam::1:role/*"}}, PolicyKind.RESOURCE, "stands alone"),
        ({**ALLOW, "Principal": "*", "NotPrincipal": "*"}, PolicyKind.RESOURCE, "exclude each other"),
    ],
)
def test_each_kind_has_its_own_elements(statement: object, kind: PolicyKind, said: str) -> None:
    assert any(said in problem for problem in problems(document(statement), kind))


def test_one_broken_statement_is_never_skipped() -> None:
    reading = read(document(ALLOW, {"Effect": "Deny"}), PolicyKind.IDENTITY)
    assert reading.policy is None


def test_a_missing_version_is_a_remark_and_means_the_old_one() -> None:
    reading = read(document(ALLOW, version=None), PolicyKind.IDENTITY)
    assert reading.policy is not None
    assert reading.policy.version == "2008-10-17"
    assert not reading.policy.statements[0].variables
    assert [problem.place for problem in reading.problems] == ["Version"]


def test_every_element_is_read() -> None:
    body = {
        "Sid": "S1",
        "Effect": "Deny",
        "NotPrincipal": {"AWS": ["111122223333"], "Service": "ec2.amazonaws.com", "Federated": "f"},
        "NotAction": ["s3:Get*"],
        "NotResource": "arn:aws:s3:::b",
        "Condition": {"ForAnyValue:StringNotLikeIfExists": {"a:b": ["x", True, 3]}},
    }
    policy = read(
        json.dumps({"Version": "2012-10-17", "Id": "i", "Statement": body}), PolicyKind.RESOURCE
    ).policy
    assert policy is not None
    (statement,) = policy.statements
    assert (policy.id, statement.sid, statement.effect) == ("i", "S1", Effect.DENY)
    assert (statement.not_actions, statement.not_resources, statement.not_principals) == (True, True, True)
    assert statement.principals is not None
    assert statement.principals.service == ("ec2.amazonaws.com",)
    (condition,) = statement.conditions
    assert str(condition.operator) == "ForAnyValue:StringNotLikeIfExists"
    assert condition.values == ("x", "true", "3")


@given(st.text(), st.sampled_from(PolicyKind))
def test_no_text_escapes_as_an_exception(text: str, kind: PolicyKind) -> None:
    reading = read(text, kind)
    assert reading.policy is not None or reading.because


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["Allow", "*", "s3:Get", "a:b", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Version", "Statement", "Effect", "Action", "Resource", "Principal", "Condition", "AWS"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values, st.sampled_from(PolicyKind))
def test_no_document_escapes_as_an_exception(value: object, kind: PolicyKind) -> None:
    reading = read(json.dumps({"Statement": value}), kind)
    assert reading.policy is not None or reading.because
