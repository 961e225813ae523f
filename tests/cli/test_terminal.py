"""How wide, how colourful, and whether somebody answers."""

import io

import pytest

from keystone_check.cli.terminal import NARROWEST, Terminal
from tests.cli.build import Tty


def terminal(columns: str = "") -> Terminal:
    return Terminal(io.StringIO(), io.StringIO(), None, {"COLUMNS": columns} if columns else {})


@pytest.mark.parametrize(
    ("columns", "width"), [("", 80), ("60", 60), ("200", 200), ("7", NARROWEST), ("x", 80)]
)
def test_the_width_is_what_columns_says_or_eighty(columns: str, width: int) -> None:
    assert terminal(columns).screen().width == width


@pytest.mark.parametrize(
    ("stdin", "stderr", "answers"),
    [
        (None, Tty(), False),
        (Tty(), io.StringIO(), False),
        (io.StringIO(), Tty(), False),
        (Tty(), Tty(), True),
    ],
)
def test_an_answer_is_expected_only_where_the_question_is_seen(
    stdin: io.StringIO | None, stderr: io.StringIO, answers: bool
) -> None:
    assert Terminal(io.StringIO(), stderr, stdin, {}).answers is answers
