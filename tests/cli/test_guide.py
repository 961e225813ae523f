"""The dialogue: a letter answers, everything else asks again, and quitting writes nothing more."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from keystone_check.cli.guide import MEANINGS, Answer, Guide, heard, understood
from keystone_check.cli.main import Ended
from keystone_check.model.finding import Safety
from keystone_check.remedy.mend import Quit
from keystone_check.remedy.plan import Step
from keystone_check.reports.screen import Screen, coloured
from tests.remedy.build import repair, trust
from tests.reports import build

PAGE = "## Why it matters\nTokens are refused.\n\n## How to fix\nAdd it.\n"
CHECK = replace(build.check("trusts"), title="The role trusts it", page=PAGE)


@dataclass
class Person:
    """Answers with these lines, then with Ctrl-D; remembers what was said."""

    answers: list[str]
    said: list[str] = field(default_factory=list)
    asked: int = 0

    def guide(self, screen: Screen | None = None) -> Guide:
        return Guide(
            lambda lines: self.said.extend(lines),
            self.ask,
            screen or Screen(80),
            {"trusts": CHECK},
            {"trusts[app/api]": "app/api is not trusted"},
        )

    def ask(self, question: str) -> str:
        self.asked += 1
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)


def step(name: str = "trusts[app/api]", after: str = '{"a": 1}') -> Step:
    change = trust(after)
    return Step(change, repair(change), (name,))


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("y", Answer.YES),
        ("Yes", Answer.YES),
        (" n ", Answer.NO),
        ("a", Answer.ALL),
        ("E", Answer.EXPLAIN),
        ("q", Answer.QUIT),
        ("?", Answer.HELP),
        ("", None),
        ("x", None),
    ],
)
def test_the_first_letter_is_the_answer(line: str, answer: Answer | None) -> None:
    assert understood(line) is answer


@pytest.mark.parametrize(("line", "agreed"), [("y", True), ("n", False), ("a", True)])
def test_yes_no_and_all_decide_at_once(line: str, agreed: bool) -> None:
    person = Person([line])
    assert person.guide()(step()) is agreed
    assert person.asked == 1


@pytest.mark.parametrize("answers", [["q"], [], ["x", "q"]], ids=["q", "Ctrl-D", "a slip, then q"])
def test_quitting_ends_it(answers: list[str]) -> None:
    with pytest.raises(Quit):
        Person(answers).guide()(step())


def test_control_c_quits_and_another_signal_ends_the_run() -> None:
    def pressed(question: str) -> str:
        raise KeyboardInterrupt

    def ended(question: str) -> str:
        raise Ended(15)

    assert heard(pressed, "?") == "q"
    with pytest.raises(Ended):
        heard(ended, "?")


def test_all_agrees_to_the_same_kind_and_asks_for_another() -> None:
    person = Person(["a", "n"])
    guide = person.guide()
    assert guide(step())
    assert guide(step("trusts[app/web]"))
    assert person.asked == 1
    assert not guide(step("other[app/api]"))
    assert person.asked == 2


@pytest.mark.parametrize("line", ["?", "x", ""])
def test_help_and_a_slip_show_every_answer_and_ask_again(line: str) -> None:
    person = Person([line, "y"])
    assert person.guide(Screen(200))(step())
    assert [said for said in person.said if said.endswith(tuple(MEANINGS.values()))] == [
        f"  {answer.value}  {meaning}" for answer, meaning in MEANINGS.items()
    ]


def test_a_step_is_shown_with_the_page_s_first_lines_the_finding_and_the_difference() -> None:
    person = Person(["n"])
    person.guide()(step())
    said = "\n".join(person.said)
    assert "The role trusts it (trusts, critical)\n  Tokens are refused.\n" in said
    assert "Add it." not in said
    assert "✗ app/api is not trusted" in said
    assert f"class     {Safety.SAFE.value}" in said
    assert '+  "a": 1' in said


def test_the_page_s_first_lines_stand_once_for_each_check() -> None:
    person = Person(["n", "n"])
    guide = person.guide()
    guide(step())
    guide(step("trusts[app/web]"))
    assert person.said.count("  Tokens are refused.") == 1


def test_explain_shows_the_whole_page_and_asks_again() -> None:
    person = Person(["e", "y"])
    assert person.guide()(step())
    assert "Add it." in person.said


def test_what_has_no_page_says_so() -> None:
    person = Person(["e", "n"])
    person.guide()(step("what the run 20261125T203506Z changed"))
    assert "There is no page for this." in person.said


def test_the_difference_has_colour_where_the_terminal_has() -> None:
    def lines(screen: Screen) -> Iterator[str]:
        person = Person(["n"])
        person.guide(screen)(step())
        return (line for line in person.said if '"a": 1' in line)

    assert list(lines(Screen(80))) == ['    +  "a": 1']
    assert list(lines(Screen(80, coloured))) == ['    \x1b[32m+  "a": 1\x1b[0m']


@pytest.mark.parametrize("width", [20, 60, 80, 200])
def test_what_is_asked_and_explained_fits_the_terminal(width: int) -> None:
    person = Person(["?", "e", "n"])
    assert not person.guide(Screen(width))(step())
    own = [line for line in person.said if not line.startswith("    ")]
    assert [line for line in own if len(line) > width and len(line.split()) > 1] == []
    assert "app/api is not trusted" in " ".join(" ".join(person.said).split())


def test_spoken_a_question_has_words_for_signs_and_columns() -> None:
    person = Person(["?", "e", "n"])
    assert not person.guide(Screen(80, spoken=True))(step())
    assert "broken: app/api is not trusted" in person.said
    assert "mends: trusts[app/api]" in person.said
    assert not set("✗✓→") & set("".join(person.said))
