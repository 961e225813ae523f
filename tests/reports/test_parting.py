"""Where two values part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.reports.parting import LONGEST, parting
from keystone_check.reports.printable import printable


@pytest.mark.parametrize(
    ("expected", "seen", "parts"),
    [
        ("abcdef", "abcxef", ("abc", "d", "x", "ef")),
        ("abc", "abc/", ("abc", "", "/", "")),
        ("xbcdef", "abcdef", ("", "x", "a", "bcdef")),
        ("aab", "aaab", ("aa", "", "a", "b")),
        ("abc", "'abc.cn'", ("'abc", "", ".cn", "'")),
        ("abc ", "abc", ("abc", " ", "", "")),
    ],
)
def test_what_both_begin_and_end_with_is_left_out(expected: str, seen: str, parts: tuple[str, ...]) -> None:
    found = parting(expected, seen)
    assert found
    assert (found.before, found.expected, found.seen, found.after) == parts


@pytest.mark.parametrize(("expected", "seen"), [("same", "same"), ("", ""), ("abc", "xyz"), ("", "abc")])
def test_what_is_the_same_or_nothing_alike_does_not_part(expected: str, seen: str) -> None:
    assert parting(expected, seen) is None


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_parts_make_up_both_values(expected: str, seen: str) -> None:
    if found := parting(expected, seen):
        one = f"{found.before}{found.expected}{found.after}"
        assert one[found.opened : len(one) - found.opened] == printable(expected)
        assert f"{found.before}{found.seen}{found.after}" == printable(seen)


def test_words_count_from_one_name_what_is_foreign_and_stay_short() -> None:
    one, foreign = parting("k.example", "k.ex\u0430mple"), parting("a" * 200, "a" * 200 + "b" * 100)
    assert one
    assert one.said == 'from character 5: "a" expected, "\u0430" (U+0430 CYRILLIC SMALL LETTER A) seen'
    assert foreign
    assert f'"{"b" * (LONGEST - 1)}…" seen' in foreign.said
