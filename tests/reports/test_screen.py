"""Lines on a screen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.reports.screen import Screen, coloured

WORDS = st.lists(st.text("abc:/-.", min_size=1, max_size=90), min_size=1, max_size=12)


@given(WORDS, st.integers(40, 200))
def test_no_word_is_ever_broken_or_lost(words: list[str], width: int) -> None:
    lines = list(Screen(width).pair("label", " ".join(words), "    "))
    assert " ".join(lines).split()[1:] == words


@given(WORDS, st.integers(40, 200))
def test_a_line_is_longer_than_the_screen_only_for_one_word(words: list[str], width: int) -> None:
    for line in Screen(width).words(" ".join(words), "  ", hang="  "):
        assert len(line) <= width or len(line.split()) == 1


@pytest.mark.parametrize(("value", "shown"), [("", '""'), ("a ", '"a "'), (" a", '" a"'), ("a  b", "a  b")])
def test_spaces_at_the_ends_and_empty_values_are_quoted(value: str, shown: str) -> None:
    assert list(Screen(80).pair("seen", value)) == [f"seen      {shown}"]


def test_marked_lines_stand_under_each_other() -> None:
    first, second = Screen(40).marked("✗", "one two three four five six seven eight nine")
    assert first.startswith("✗ one")
    assert second.startswith("  ")


def test_a_style_is_ansi_around_the_text() -> None:
    assert coloured("bold red", "x") == "\x1b[1;31mx\x1b[0m"
    assert coloured("", "x") == "x"
