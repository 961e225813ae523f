import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.iam.trust import audience_pin, names_provider, subject_pin
from keystone_check.iam.trust_pins import Pin
from keystone_check.iam.trust_repair import mended
from tests.iam.trusts import ACTION, AUDIENCE, HOST, ISSUER, PROVIDER, SUBJECT, conditions, statement, trust

OTHER = "system:serviceaccount:app:other"
SERVICE: dict[str, object] = {
    "Sid": "Nodes",
    "Effect": "Allow",
    "Principal": {"Service": "ec2.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
ELSEWHERE = statement(
    Sid="Elsewhere",
    Principal={"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.example.org"},
    Condition=conditions("repo:org/app:ref:refs/heads/main", host="token.actions.example.org"),
)


def mend(text: str, *subjects: str) -> str:
    return mended(text, PROVIDER, ISSUER, subjects or (SUBJECT,), AUDIENCE)


def statements(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)["Statement"]
    return found


def test_a_trust_that_is_right_is_left_alone() -> None:
    text = trust(SERVICE, statement(), ELSEWHERE)
    assert mend(text) == text


BROKEN = [
    statement(Condition=conditions("system:serviceaccount:apps:api")),
    statement(Condition=conditions("system:serviceaccount:app:*")),
    statement(Condition=conditions("system:serviceaccount:*:api", operator="StringLike")),
    statement(Condition=conditions(host="wrong.example.org")),
    statement(Condition=conditions(aud="sts.amazonaws.com.cn")),
    statement(Condition=conditions(aud=None)),
    statement(Condition=conditions(sub=None)),
    statement(Condition={"StringEquals": {f"{HOST}:azp": AUDIENCE, f"{HOST}:sub": SUBJECT}}),
    statement(Condition=None),
    statement(Action="sts:AssumeRole"),
    statement(Principal={"Federated": PROVIDER + "/"}),
    statement(Principal={"Federated": PROVIDER.replace("111122223333", "444455556666")}),
    statement(Principal="*", Condition=None),
]


@pytest.mark.parametrize("body", BROKEN)
def test_the_statement_that_nearly_matched_is_corrected_in_its_place(body: dict[str, object]) -> None:
    after = statements(mend(trust(SERVICE, {**body, "Sid": "Ours"}, ELSEWHERE)))
    assert after[0] == SERVICE
    assert after[1]["Sid"] == "Ours"
    assert after[2:] == [ELSEWHERE]
    assert after[1]["Principal"] == {"Federated": PROVIDER}
    assert after[1]["Action"] == ACTION
    assert after[1]["Condition"]["StringEquals"][f"{HOST}:aud"] == AUDIENCE


@given(st.lists(st.sampled_from([*BROKEN, statement(), SERVICE, ELSEWHERE]), max_size=4))
def test_what_is_mended_lets_in_exactly_and_stays(bodies: list[dict[str, object]]) -> None:
    after = mend(trust(*bodies))
    pins = (
        subject_pin(after, PROVIDER, ISSUER, SUBJECT),
        audience_pin(after, PROVIDER, ISSUER, AUDIENCE),
    )
    assert [pin.holds for pin in pins if isinstance(pin, Pin)] == [True, True]
    named = names_provider(after, PROVIDER)
    assert getattr(named, "holds", False) is True
    assert mend(after) == after


def test_subjects_that_are_named_exactly_stay() -> None:
    (after,) = statements(mend(trust(statement(Condition=conditions(OTHER)))))
    assert after["Condition"]["StringEquals"][f"{HOST}:sub"] == [OTHER, SUBJECT]


def test_conditions_on_other_keys_stay() -> None:
    condition = {**conditions(OTHER), "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    (after,) = statements(mend(trust(statement(Condition=condition))))
    assert after["Condition"]["IpAddress"] == condition["IpAddress"]


def test_the_right_to_tag_sessions_stays() -> None:
    (after,) = statements(mend(trust(statement(Action=["sts:TagSession"]))))
    assert after["Action"] == [ACTION, "sts:TagSession"]


def test_where_no_statement_is_about_the_provider_one_is_added() -> None:
    assert statements(mend(trust(SERVICE, ELSEWHERE))) == [SERVICE, ELSEWHERE, statement_as_written()]


def test_another_clusters_statement_for_the_same_subject_is_not_taken_over() -> None:
    other = statement(
        Principal={"Federated": "arn:aws:iam::111122223333:oidc-provider/other.example.org"},
        Condition=conditions(host="other.example.org"),
    )
    assert statements(mend(trust(other)))[0] == other


def test_a_loose_statement_keeps_what_it_names_or_goes() -> None:
    loose = statement(Condition=conditions("*", operator="StringLike"))
    named = statement(Condition=conditions([OTHER, "system:*"], operator="StringLike"))
    after = statements(mend(trust(statement(), loose, named)))
    assert [body["Condition"]["StringEquals"][f"{HOST}:sub"] for body in after] == [SUBJECT, OTHER]


@pytest.mark.parametrize("text", ["", "[]", '{"Statement": {}}', "<html>"])
def test_a_text_that_is_no_policy_gives_way(text: str) -> None:
    assert statements(mend(text)) == [statement_as_written()]


def test_several_subjects_stand_in_one_statement() -> None:
    (after,) = statements(mend(trust(statement()), SUBJECT, OTHER))
    assert after["Condition"]["StringEquals"][f"{HOST}:sub"] == [SUBJECT, OTHER]


def test_it_is_written_with_two_spaces() -> None:
    assert mend(trust(SERVICE)).startswith('{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n')


def statement_as_written() -> dict[str, object]:
    return statement(Condition={"StringEquals": {f"{HOST}:aud": AUDIENCE, f"{HOST}:sub": SUBJECT}})
