from hypothesis import given
from hypothesis import strategies as st

from keystone_check.iam.wildcards import any_wild, glob, wild

PATTERNS = st.text("ab*?", max_size=9)
TEXTS = st.text("ab*?", max_size=9)


@given(PATTERNS, TEXTS)
def test_a_pattern_made_ready_matches_as_its_expression_does(pattern: str, text: str) -> None:
    assert wild(pattern)(text) is (glob(pattern).fullmatch(text) is not None)


@given(st.lists(PATTERNS, max_size=4), TEXTS)
def test_several_match_when_one_does(patterns: list[str], text: str) -> None:
    assert any_wild(patterns)(text) is any(wild(pattern)(text) for pattern in patterns)


def test_pieces_do_not_overlap() -> None:
    assert not wild("ab*ba")("aba")
    assert wild("ab*ba")("abba")
    assert not wild("*aa*aa*")("aaa")
