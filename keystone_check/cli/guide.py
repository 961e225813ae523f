"""The guided repair: for each step what it is for and what it changes, then a question; a letter answers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from keystone_check.cli.pages import explain, opening
from keystone_check.cli.terminal import Terminal
from keystone_check.model.outcome import Check, Diagnosis
from keystone_check.remedy.mend import Quit
from keystone_check.remedy.plan import Step, named
from keystone_check.reports.mended import question
from keystone_check.reports.screen import Screen


class Answer(Enum):
    """What can be answered, by its letter."""

    YES = "y"
    NO = "n"
    ALL = "a"
    EXPLAIN = "e"
    QUIT = "q"
    HELP = "?"


MEANINGS = {
    Answer.YES: "yes: write it",
    Answer.NO: "no: leave it as it is, with whatever else belongs to the same repair",
    Answer.ALL: "all of this kind: yes, and yes to whatever else mends the same check",
    Answer.EXPLAIN: "explain: show the whole page of the check",
    Answer.QUIT: "quit: write nothing more, not even what was agreed to just now (Ctrl-C and Ctrl-D too)",
    Answer.HELP: "help: show this",
}
QUESTION = "Write this? [y]es, [n]o, [a]ll of this kind, [e]xplain, [q]uit, [?] help: "

Say = Callable[[Iterable[str]], None]
Ask = Callable[[str], str]
"""Puts a question and gives the answer; EOFError where nobody answers any more."""


def understood(answer: str) -> Answer | None:
    """What a line means: its first letter in either case. None: nothing."""
    letter = answer.strip().lower()[:1]
    return next((known for known in Answer if known.value == letter), None)


def heard(ask: Ask, prompt: str) -> str:
    """The answer; Ctrl-C and Ctrl-D are `q`. Whatever else ends the run still does."""
    try:
        return ask(prompt)
    except EOFError:
        return Answer.QUIT.value
    except KeyboardInterrupt as pressed:
        if type(pressed) is not KeyboardInterrupt:  # a signal that ends the run
            raise
        return Answer.QUIT.value


@dataclass
class Guide:
    """Asks for one step after another; raises Quit where nothing more is wanted."""

    say: Say
    ask: Ask
    screen: Screen
    pages: Mapping[str, Check] = field(default_factory=dict)
    """By check id."""
    messages: Mapping[str, str] = field(default_factory=dict)
    """What was found, by `check[subject]`."""
    _agreed: set[str] = field(default_factory=set, init=False)
    """Kinds that are agreed to, whatever comes."""
    _shown: set[str] = field(default_factory=set, init=False)

    def __call__(self, step: Step) -> bool:
        """Whether the step is agreed to."""
        if kind(step) in self._agreed:
            return True
        self.say(self._about(step))
        while True:
            match understood(heard(self.ask, QUESTION)):
                case Answer.YES:
                    return True
                case Answer.NO:
                    return False
                case Answer.ALL:
                    self._agreed.add(kind(step))
                    return True
                case Answer.QUIT:
                    self.say(("", "Nothing more is written."))
                    raise Quit
                case Answer.EXPLAIN:
                    self.say(self._page(step))
                case Answer.HELP | None:
                    self.say(self._help())

    def _about(self, step: Step) -> Iterator[str]:
        yield ""
        check = self.pages.get(kind(step))
        if check and check.id not in self._shown:
            yield from opening(check, self.screen)
            yield ""
        self._shown.add(kind(step))
        for name in step.mends:
            if name in self.messages:
                yield from self.screen.marked("✗", self.messages[name], "bold red", "broken")
        yield from question(step, self.screen)

    def _help(self) -> Iterator[str]:
        for known, meaning in MEANINGS.items():
            yield from self.screen.words(f"{known.value}  {meaning}", "  ", hang="   ")

    def _page(self, step: Step) -> Iterator[str]:
        check = self.pages.get(kind(step))
        yield ""
        yield from explain(check, self.screen).splitlines() if check else ("There is no page for this.",)
        yield ""


def kind(step: Step) -> str:
    """The check that the step mends first, or whatever else it is for."""
    return step.mends[0].partition("[")[0]


def guide(terminal: Terminal, checks: Iterable[Check] = (), found: Diagnosis | None = None) -> Guide:
    """A guide at this terminal, who knows these pages and what was found."""
    pages = {check.id: check for check in checks}
    messages = {named(one): one.finding.message for one in found.broken} if found else {}
    return Guide(terminal.say, terminal.ask, terminal.asking(), pages, messages)
