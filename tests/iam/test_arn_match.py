from hypothesis import given
from hypothesis import strategies as st

from keystone_check.iam.arn_match import any_arn
from keystone_check.iam.match import arn_like
from keystone_check.iam.request import arn_parts
from tests.iam.builders import request

PARTS = st.sampled_from(["", "a", "b", "*", "a*", "*a", "?"])
PATTERNS = st.one_of(
    st.just("*"),
    st.builds(
        lambda first, rest: ":".join((first, *rest)),
        st.sampled_from(["arn", "a*", "x", "*"]),
        st.lists(PARTS, max_size=6),
    ),
)
ARNS = st.builds(
    lambda first, rest: ":".join((first, *rest)),
    st.sampled_from(["arn", "x"]),
    st.lists(st.sampled_from(["", "a", "b", "ab"]), min_size=3, max_size=7),
)


@given(st.lists(PATTERNS, max_size=5), ARNS)
def test_many_patterns_match_when_one_of_them_does(patterns: list[str], text: str) -> None:
    one_by_one = any(arn_like(pattern, text, request(), False) for pattern in patterns)
    assert any_arn(patterns)(text, arn_parts(text)) is one_by_one


def test_patterns_that_begin_alike_are_told_apart_by_their_ends() -> None:
    matches = any_arn(["arn:aws:ec2:eu-west-1:*:fleet/*", "arn:aws:ec2:eu-west-1:*:instance/*"])
    for arn, expected in (
        ("arn:aws:ec2:eu-west-1:111122223333:instance/i-1", True),
        ("arn:aws:ec2:eu-west-1:111122223333:volume/v-1", False),
        ("arn:aws:ec2:us-east-1:111122223333:instance/i-1", False),
        ("arn:aws:ec2:eu-west-1:", False),
    ):
        assert matches(arn, arn_parts(arn)) is expected
