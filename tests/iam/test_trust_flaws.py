"""Conditions that do not say what their writer meant are named, and gone from the cleaned policy."""

import json

import pytest

from keystone_check.iam.evaluate import Allowed, Undecided
from keystone_check.iam.trust import trust_decision
from keystone_check.iam.trust_flaws import (
    Flaws,
    bent_keys,
    cleaned,
    lenient_conditions,
    literal_wildcards,
    other_actions,
    unfilled_keys,
)
from tests.iam.trusts import AUDIENCE, HOST, ISSUER, PROVIDER, SUBJECT, conditions, statement, trust

KINDS = (literal_wildcards, lenient_conditions, bent_keys, unfilled_keys, other_actions)
CLAIMS = {"sub": SUBJECT, "aud": AUDIENCE}


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_that_pins_both_claims_has_no_flaw(kind: object) -> None:
    assert kind(trust(statement()), PROVIDER, ISSUER) == Flaws(True)  # type: ignore[operator]  # parametrized


@pytest.mark.parametrize("kind", KINDS)
def test_what_names_another_provider_is_not_judged(kind: object) -> None:
    other = statement(
        Principal={"Federated": f"{PROVIDER}-other"}, Condition=conditions(host="other.example")
    )
    assert kind(trust(other), PROVIDER, ISSUER) == Flaws(False)  # type: ignore[operator]  # parametrized


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_policy_is_undecided(kind: object) -> None:
    assert isinstance(kind("[]", PROVIDER, ISSUER), Undecided)  # type: ignore[operator]  # parametrized


@pytest.mark.parametrize(
    ("kind", "condition", "said"),
    [
        (literal_wildcards, conditions(sub="system:serviceaccount:app:*"), "literally"),
        (literal_wildcards, conditions(sub="system:serviceaccount:app:ap?"), "literally"),
        (lenient_conditions, conditions(operator="StringEqualsIfExists"), "has no such key"),
        (lenient_conditions, conditions(operator="ForAllValues:StringLike"), "has no such key"),
        (bent_keys, conditions(host="s3.eu-west-1.amazonaws.com"), f"STS sets {HOST}:sub"),
        (bent_keys, conditions(host=f"https://{HOST}"), f"STS sets {HOST}:sub"),
        (bent_keys, conditions(host=PROVIDER), f"STS sets {HOST}:sub"),
        (unfilled_keys, {"StringEquals": {f"{HOST}:azp": AUDIENCE}}, f"the audience is {HOST}:aud"),
        (unfilled_keys, {"StringEquals": {f"{HOST}:iss": ISSUER}}, "the claim iss reaches no trust policy"),
        (unfilled_keys, {"StringEquals": {f"{HOST}:kubernetes.io/pod": "x"}}, "kubernetes.io/pod"),
    ],
)
def test_the_flaw_is_named_with_its_key(kind: object, condition: object, said: str) -> None:
    found = kind(trust(statement(Condition=condition)), PROVIDER, ISSUER)  # type: ignore[operator]  # parametrized
    assert isinstance(found, Flaws)
    assert said in found.seen[0]
    assert "Statement[0]" in found.seen[0]


def test_an_audience_may_be_an_address_with_a_question_mark() -> None:
    policy = trust(statement(Condition=conditions(aud="https://api.example/?tenant=1")))
    assert literal_wildcards(policy, PROVIDER, ISSUER) == Flaws(True)


def test_keys_of_aws_itself_are_no_bent_keys() -> None:
    condition = {**conditions(), "StringLike": {"aws:sub": "x"}}
    assert bent_keys(trust(statement(Condition=condition)), PROVIDER, ISSUER) == Flaws(True)


def test_an_action_for_others_is_told_with_the_right_one() -> None:
    found = other_actions(trust(statement(Action="sts:AssumeRole")), PROVIDER, ISSUER)
    assert found == Flaws(True, ("Statement[0] allows sts:AssumeRole, not sts:AssumeRoleWithWebIdentity",))


@pytest.mark.parametrize(
    "condition",
    [
        conditions(operator="StringEqualsIfExists"),
        {**conditions(), "ForAllValues:StringEquals": {f"{HOST}:aud": AUDIENCE}},
        {"StringEquals": {**conditions()["StringEquals"], f"{HOST}:iss": ISSUER}},  # type: ignore[dict-item]  # JSON
        conditions(sub=[SUBJECT, "system:serviceaccount:app:*"]),
    ],
)
def test_the_cleaned_policy_lets_in_whom_it_names_and_has_no_flaw(condition: object) -> None:
    after = cleaned(trust(statement(Sid="Keep", Condition=condition)), PROVIDER, ISSUER)
    assert isinstance(trust_decision(after, PROVIDER, ISSUER, CLAIMS), Allowed)
    assert [kind(after, PROVIDER, ISSUER) for kind in KINDS] == [Flaws(True)] * len(KINDS)
    assert json.loads(after)["Statement"][0]["Sid"] == "Keep"


def test_a_policy_without_flaws_stays_to_the_letter() -> None:
    policy = trust(statement(), statement(Principal={"AWS": "*"}, Action="sts:AssumeRole"))
    assert cleaned(policy, PROVIDER, ISSUER) == policy
    assert cleaned("[]", PROVIDER, ISSUER) == "[]"
