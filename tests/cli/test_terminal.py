"""How wide, how colourful, and whether somebody answers."""

import io

import pytest

from keystone_check.cli.terminal import NARROWEST, Terminal
from keystone_check.reports.screen import coloured, plain
from tests.cli.build import Tty


def terminal(columns: str = "") -> Terminal:
    return Terminal(io.StringIO(), io.StringIO(), None, {"COLUMNS": columns} if columns else {})


@pytest.mark.parametrize(
    ("columns", "width"), [("", 80), ("20", 20), ("60", 60), ("200", 200), ("7", NARROWEST), ("x", 80)]
)
def test_the_width_is_what_columns_says_or_eighty(columns: str, width: int) -> None:
    assert terminal(columns).screen().width == width


@pytest.mark.parametrize(
    ("environ", "spoken"),
    [({}, False), ({"ACCESSIBLE": ""}, False), ({"ACCESSIBLE": "0"}, False), ({"ACCESSIBLE": "1"}, True)],
)
def test_accessible_asks_for_words(environ: dict[str, str], spoken: bool) -> None:
    there = Terminal(Tty(), Tty(), None, {"COLUMNS": "80", **environ})
    assert [screen.spoken for screen in (there.screen(), there.asking(), there.filing())] == [spoken] * 3


@pytest.mark.parametrize(
    "environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"ACCESSIBLE": "1"}], ids=lambda given: next(iter(given))
)
def test_colour_is_for_a_terminal_that_does_not_refuse_it(environ: dict[str, str]) -> None:
    sized = {"COLUMNS": "80"}
    assert Terminal(Tty(), Tty(), None, sized).screen().paint is coloured
    assert Terminal(io.StringIO(), io.StringIO(), None, sized).screen().paint is plain
    assert Terminal(Tty(), Tty(), None, sized | environ).screen().paint is plain
    assert Terminal(Tty(), Tty(), None, sized | environ, color=True).screen().paint is coloured


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
