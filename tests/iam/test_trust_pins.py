import pytest

from keystone_check.iam.evaluate import Undecided
from keystone_check.iam.trust_pins import Pin, audience_pin, changed_subjects, subject_pin
from tests.iam.trusts import AUDIENCE, HOST, ISSUER, PROVIDER, SUBJECT, conditions, statement, trust


def subject(*statements: dict[str, object], value: str = SUBJECT) -> Pin:
    pin = subject_pin(trust(*statements), PROVIDER, ISSUER, value)
    assert isinstance(pin, Pin)
    return pin


def audience(*statements: dict[str, object]) -> Pin:
    pin = audience_pin(trust(*statements), PROVIDER, ISSUER, AUDIENCE)
    assert isinstance(pin, Pin)
    return pin


def under(operator: str, sub: object = SUBJECT, **more: str) -> dict[str, object]:
    return statement(Condition=conditions(sub, operator=operator, **more))


@pytest.mark.parametrize(
    "body",
    [
        statement(),
        under("StringLike"),
        under("StringEqualsIfExists"),
        under("ForAllValues:StringEquals"),
        under("ForAnyValue:StringEquals"),
        under("StringEquals", ["system:serviceaccount:app:other", SUBJECT]),
        under("StringEquals", host=HOST.upper()),
        statement(Condition=conditions(aud="another")),
        statement(Principal={"Federated": PROVIDER + "-of-another"}),
    ],
)
def test_an_exact_subject_is_pinned_whatever_else_the_statement_says(body: dict[str, object]) -> None:
    assert subject(body).holds is True


@pytest.mark.parametrize(
    ("body", "allows", "said"),
    [
        (
            under("StringEquals", "system:serviceaccount:apps:api"),
            False,
            'expects "system:serviceaccount:apps',
        ),
        (under("StringEquals", "system:serviceaccount:app:*"), False, "means itself under StringEquals"),
        (under("StringEquals", host="other.example.org"), False, f"STS sets {HOST}:sub"),
        (under("StringLike", "system:serviceaccount:*:api"), True, "lets in everything that it matches"),
        (under("StringLike", "system:serviceaccount:app*:api"), True, "lets in everything that it matches"),
        (under("StringLike", "system:serviceaccount:app:ap?"), True, "lets in everything that it matches"),
        (under("StringNotEquals", "system:serviceaccount:x:y"), True, "everything but what it names"),
        (
            under("StringEqualsIfExists", host="other.example.org"),
            True,
            "true as well when the request has no",
        ),
        (
            under("ForAllValues:StringLike", host="x.org"),
            True,
            "true as well when the request has no such key",
        ),
        (statement(Condition=None), True, f"no condition on {HOST}:sub, so it lets every one in"),
        (statement(Condition=conditions(sub=None)), True, "so it lets every one in"),
    ],
)
def test_a_subject_that_is_not_pinned_is_told_why(body: dict[str, object], allows: bool, said: str) -> None:
    pin = subject(body)
    assert pin.holds is False
    assert pin.allows is allows
    assert bool(pin.others) is allows
    assert any(said in remark for remark in pin.remarks), pin.remarks


def test_a_second_statement_that_lets_others_in_is_found() -> None:
    assert subject(statement(), under("StringLike", "*")).others == changed_subjects(SUBJECT)


def test_a_denial_of_the_others_pins_as_well() -> None:
    deny = statement(Effect="Deny", Condition=conditions(aud=None, operator="StringNotEquals"))
    assert subject(under("StringLike", "*"), deny).holds is True


def test_another_clusters_statement_is_not_asked() -> None:
    other = statement(Principal={"Federated": PROVIDER + "-other"}, Condition=None)
    assert subject(statement(), other).holds is True


def test_no_web_identity_at_all_is_told() -> None:
    pin = subject(
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    )
    assert pin == Pin(False, (), ("no statement lets web identities in",))


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (conditions(), True),
        (conditions(sub=None), True),
        (conditions(sub="another"), True),
        (conditions(aud=None), False),
        (conditions(aud="sts.amazonaws.com.cn"), False),
        (conditions(aud="*", operator="StringLike"), False),
        ({"StringEquals": {f"{HOST}:azp": AUDIENCE}}, False),
        ({"StringEqualsIfExists": {f"{HOST}:azp": AUDIENCE}}, False),
    ],
)
def test_an_exact_audience_is_pinned_whatever_the_subject(condition: dict[str, object], holds: bool) -> None:
    assert audience(statement(Condition=condition)).holds is holds


def test_the_old_key_azp_is_told() -> None:
    pin = audience(statement(Condition={"StringEquals": {f"{HOST}:azp": AUDIENCE}}))
    assert any(f"STS sets no key {HOST}:azp" in remark for remark in pin.remarks)


def test_a_condition_on_what_nobody_knows_is_not_guessed() -> None:
    assert subject(under("StringEquals", "${aws:PrincipalTag/x}")).holds is None


@pytest.mark.parametrize("text", ["", "[]", '"x"', '{"Statement": {}}', trust(statement(Effect="allow"))])
def test_a_policy_that_cannot_be_read_is_not_guessed(text: str) -> None:
    assert isinstance(subject_pin(text, PROVIDER, ISSUER, SUBJECT), Undecided)
    assert isinstance(audience_pin(text, PROVIDER, ISSUER, AUDIENCE), Undecided)


def test_changed_subjects_change_namespace_and_name() -> None:
    changed = changed_subjects(SUBJECT)
    assert "system:serviceaccount:app-other:api" in changed
    assert "system:serviceaccount:app:apx" in changed
    assert SUBJECT not in changed
