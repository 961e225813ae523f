import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.iam.conditions import all_of, any_of, judge, negation
from keystone_check.iam.language import OPERATORS, Condition, Operator
from keystone_check.iam.request import Unknown, Verdict
from tests.iam.builders import request

KEY = "aws:k"
# operator, policy values, request value, expected
CASES: list[tuple[str, tuple[str, ...], str, bool]] = [
    ("StringEquals", ("a", "b"), "b", True),
    ("StringEquals", ("a", "b"), "c", False),
    ("StringEquals", ("A",), "a", False),
    ("StringEquals", ("a*",), "ab", False),
    ("StringNotEquals", ("a", "b"), "c", True),
    ("StringNotEquals", ("a", "b"), "b", False),
    ("StringEqualsIgnoreCase", ("AbC",), "aBc", True),
    ("StringEqualsIgnoreCase", ("abc",), "abd", False),
    ("StringNotEqualsIgnoreCase", ("AbC",), "aBc", False),
    ("StringNotEqualsIgnoreCase", ("abc",), "abd", True),
    ("StringLike", ("system:serviceaccount:*:api",), "system:serviceaccount:a:b:api", True),
    ("StringLike", ("a?c",), "abc", True),
    ("StringLike", ("a?c",), "ac", False),
    ("StringNotLike", ("a*",), "abc", False),
    ("StringNotLike", ("a*",), "bc", True),
    ("NumericEquals", ("10",), "10.0", True),
    ("NumericEquals", ("10",), "11", False),
    ("NumericNotEquals", ("10",), "11", True),
    ("NumericNotEquals", ("10",), "10", False),
    ("NumericLessThan", ("10",), "9", True),
    ("NumericLessThan", ("10",), "10", False),
    ("NumericLessThanEquals", ("10",), "10", True),
    ("NumericLessThanEquals", ("10",), "11", False),
    ("NumericGreaterThan", ("10",), "11", True),
    ("NumericGreaterThan", ("10",), "10", False),
    ("NumericGreaterThanEquals", ("10",), "10", True),
    ("NumericGreaterThanEquals", ("10",), "9", False),
    ("DateEquals", ("2026-01-01T00:00:00Z",), "1767225600", True),
    ("DateEquals", ("2026-01-01T00:00:00Z",), "2026-01-01T01:00:00+01:00", True),
    ("DateNotEquals", ("2026-01-01",), "2026-01-02", True),
    ("DateLessThan", ("2026-01-01",), "2025-12-31", True),
    ("DateLessThan", ("2026-01-01",), "2026-01-01", False),
    ("DateLessThanEquals", ("2026-01-01",), "2026-01-01", True),
    ("DateGreaterThan", ("2026-01-01",), "2026-01-01T00:00:01Z", True),
    ("DateGreaterThanEquals", ("2026-01-01",), "2025-01-01", False),
    ("Bool", ("true",), "True", True),
    ("Bool", ("true",), "false", False),
    ("BinaryEquals", ("QmluYXJ5",), "QmluYXJ5", True),
    ("BinaryEquals", ("QmluYXJ5",), "QQ==", False),
    ("IpAddress", ("203.0.113.0/24",), "203.0.113.9", True),
    ("IpAddress", ("203.0.113.0/24",), "203.0.114.9", False),
    ("IpAddress", ("2001:db8::/32",), "2001:db8::1", True),
    ("NotIpAddress", ("203.0.113.0/24",), "203.0.113.9", False),
    ("NotIpAddress", ("203.0.113.0/24",), "198.51.100.1", True),
    ("ArnEquals", ("arn:aws:sns:*:1:t",), "arn:aws:sns:eu-west-1:1:t", True),
    ("ArnLike", ("arn:aws:sns:*:1:t",), "arn:aws:sns:eu-west-1:2:t", False),
    ("ArnNotEquals", ("arn:aws:sns:*:1:t",), "arn:aws:sns:eu-west-1:2:t", True),
    ("ArnNotLike", ("arn:aws:sns:*:1:t",), "arn:aws:sns:eu-west-1:1:t", False),
    ("Null", ("true",), "x", False),
    ("Null", ("false",), "x", True),
]


def condition(operator: str, values: tuple[str, ...]) -> Condition:
    quantifier, _, name = operator.rpartition(":")
    bare = name.removesuffix("IfExists")
    return Condition(Operator(bare, quantifier, bare != name), KEY, values)


def ask(operator: str, values: tuple[str, ...], actual: tuple[str, ...] | str) -> Verdict:
    return judge(condition(operator, values), request(aws__k=actual), variables=True)


@pytest.mark.parametrize(("operator", "values", "actual", "expected"), CASES)
def test_each_operator_compares_as_documented(
    operator: str, values: tuple[str, ...], actual: str, expected: bool
) -> None:
    assert ask(operator, values, actual) is expected


def test_every_operator_is_in_the_table() -> None:
    assert {case[0] for case in CASES} == OPERATORS


@pytest.mark.parametrize("operator", sorted(OPERATORS - {"Null"}))
def test_a_missing_key_satisfies_only_negation_and_if_exists(operator: str) -> None:
    values = next(case[1] for case in CASES if case[0] == operator)
    missing = request()
    assert judge(condition(operator, values), missing, True) is ("Not" in operator)
    assert judge(condition(f"{operator}IfExists", values), missing, True) is True
    assert judge(condition(f"ForAllValues:{operator}", values), missing, True) is True
    assert judge(condition(f"ForAnyValue:{operator}", values), missing, True) is False


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("false", False)])
def test_null_asks_for_a_missing_key(value: str, expected: bool) -> None:
    assert judge(condition("Null", (value,)), request(), True) is expected


@pytest.mark.parametrize(
    ("operator", "actual", "expected"),
    [
        ("ForAllValues:StringEquals", ("a", "b"), True),
        ("ForAllValues:StringEquals", ("a", "c"), False),
        ("ForAnyValue:StringEquals", ("a", "c"), True),
        ("ForAnyValue:StringEquals", ("c", "d"), False),
        ("ForAllValues:StringNotEquals", ("c", "d"), True),
        ("ForAllValues:StringNotEquals", ("a", "d"), False),
        ("ForAnyValue:StringNotEquals", ("a", "d"), True),
        ("ForAnyValue:StringNotEquals", ("a", "b"), False),
    ],
)
def test_quantifiers_range_over_the_requests_values(
    operator: str, actual: tuple[str, ...], expected: bool
) -> None:
    assert ask(operator, ("a", "b"), actual) is expected


def test_several_values_without_a_quantifier_are_not_guessed() -> None:
    assert isinstance(ask("StringEquals", ("a",), ("a", "b")), Unknown)
    assert ask("StringEquals", ("a", "b"), ("a", "b")) is True
    assert ask("StringEquals", ("c",), ("a", "b")) is False


@pytest.mark.parametrize(
    ("operator", "value", "actual"),
    [
        ("NumericEquals", "1", "one"),
        ("NumericEquals", "1", "NaN"),
        ("DateEquals", "2026-01-01", "soon"),
        ("IpAddress", "10.0.0.0/8", "host"),
        ("BinaryEquals", "QQ==", "?"),
    ],
)
def test_what_cannot_be_compared_is_not_guessed(operator: str, value: str, actual: str) -> None:
    assert isinstance(ask(operator, (value,), actual), Unknown)


def test_a_key_that_nobody_knows_is_not_guessed() -> None:
    verdict = judge(condition("StringEquals", ("a",)), request(unknown=("aws:*",)), True)
    assert verdict == Unknown("the value of aws:k is not known here")


verdicts = st.sampled_from([True, False, Unknown("x")])


@given(st.lists(verdicts))
def test_what_is_known_outweighs_what_is_not(items: list[Verdict]) -> None:
    assert (any_of(items) is True) == (True in items)
    assert (all_of(items) is False) == (False in items)
    assert negation(any_of(map(negation, items))) == all_of(items)


@given(st.sampled_from(sorted(OPERATORS)), st.text(max_size=20), st.text(max_size=20))
def test_no_value_escapes_as_an_exception(operator: str, expected: str, actual: str) -> None:
    assert isinstance(ask(operator, (expected,), actual), bool | Unknown)
