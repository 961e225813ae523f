from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.iam.match import arn_like, equal, glob, like
from keystone_check.iam.request import Request, Unknown
from tests.iam.builders import request


def slow_glob(pattern: str, text: str) -> bool:
    """The definition: `*` any run, `?` any one, everything else itself."""

    @cache
    def fits(p: int, t: int) -> bool:
        if p == len(pattern):
            return t == len(text)
        if pattern[p] == "*":
            return fits(p + 1, t) or (t < len(text) and fits(p, t + 1))
        return t < len(text) and pattern[p] in ("?", text[t]) and fits(p + 1, t + 1)

    return fits(0, 0)


@given(st.text("ab:*?\n", max_size=9), st.text("ab:*\n", max_size=9))
def test_wildcards_match_as_they_are_defined(pattern: str, text: str) -> None:
    assert bool(glob(pattern).fullmatch(text)) == slow_glob(pattern, text)


def test_no_pattern_makes_the_search_explode() -> None:
    assert not glob("*a" * 200 + "b").fullmatch("a" * 20_000)


ANN = request(aws__username="ann", aws__star="*", aws__several=("a", "b"))


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("${aws:username}/*", "ann/x", True),
        ("${aws:username}/*", "bob/x", False),
        ("${AWS:UserName}", "ann", True),
        ("${aws:none}", "", False),
        ("${aws:none, 'anyone'}", "anyone", True),
        ("${aws:username, 'anyone'}", "ann", True),
        ("${*}x", "*x", True),
        ("${*}x", "yx", False),
        ("${?}", "?", True),
        ("${?}", "a", False),
        ("${$}", "$", True),
        ("${aws:star}", "*", True),
        ("${aws:star}", "anything", False),
    ],
)
def test_variables_and_escapes(pattern: str, text: str, expected: bool) -> None:
    assert like(pattern, text, ANN, variables=True) is expected


def test_the_old_version_has_no_variables() -> None:
    assert like("${aws:username}", "${aws:username}", ANN, variables=False) is True
    assert like("${aws:username}", "ann", ANN, variables=False) is False


def test_a_variable_of_several_values_is_not_guessed() -> None:
    assert isinstance(like("${aws:several}", "a", ANN, variables=True), Unknown)


def test_a_variable_that_nobody_knows_is_not_guessed() -> None:
    assert isinstance(equal("${aws:x}", "a", request(unknown=("aws:*",)), variables=True), Unknown)


@pytest.mark.parametrize(
    ("pattern", "text", "ignoring_case", "expected"),
    [
        ("a*", "a*", False, True),
        ("a*", "ab", False, False),
        ("Ab", "aB", True, True),
        ("Ab", "aB", False, False),
    ],
)
def test_equality_takes_wildcards_for_themselves(
    pattern: str, text: str, ignoring_case: bool, expected: bool
) -> None:
    assert equal(pattern, text, ANN, True, ignoring_case) is expected


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("*", "arn:aws:s3:::b/k", True),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/a/b:c", True),
        ("arn:aws:s3:::b", "arn:aws:s3:::b/k", False),
        ("arn:aws:sqs", "arn:aws:sqs:eu-west-1:1:q", True),
        ("arn:aws:sqs:*:1:q", "arn:aws:sqs:eu-west-1:1:q", True),
        ("arn:aws:s*s:1:q", "arn:aws:sqs:x:1:q", False),
        ("arn:*:s3:::b/k", "arn:aws-cn:s3:::b/k", True),
        ("arn:aws:s3:::${aws:username}/*", "arn:aws:s3:::ann/k", True),
        ("arn:aws:s3:::b/k", "b/k", False),
    ],
)
def test_arns_match_part_by_part(pattern: str, arn: str, expected: bool) -> None:
    assert arn_like(pattern, arn, ANN, variables=True) is expected


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_pattern_escapes_as_an_exception(pattern: str, text: str) -> None:
    anonymous: Request = request()
    assert isinstance(like(pattern, text, anonymous, True), bool | Unknown)
    assert isinstance(equal(pattern, text, anonymous, True), bool | Unknown)
    assert isinstance(arn_like(pattern, text, anonymous, True), bool | Unknown)
