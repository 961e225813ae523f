"""A run that was killed on its way: the next one says so and offers to finish it or to undo it."""

from collections.abc import Callable, Iterable
from enum import Enum

from keystone_check.cli.guide import heard
from keystone_check.cli.terminal import Terminal
from keystone_check.errors import KeystoneError
from keystone_check.model.access import Access
from keystone_check.model.world import World
from keystone_check.remedy.describe import title
from keystone_check.remedy.mend import Quit
from keystone_check.remedy.runs import Run

QUESTION = "[f]inish it, [u]ndo it, [q]uit: "
BESIDE_A_PLAN = "[l]eave it and apply the plan, [u]ndo it, [q]uit: "
SHOWN = 5
"""Of its writes; more would push the question off the screen."""


class Wish(Enum):
    """What is to be done about it, by the option's word and the answer's letter."""

    FINISH = "finish"
    UNDO = "undo"
    LEAVE = "leave"
    """Apply a plan from a file, which says nothing of it."""


_OTHERS = {
    Wish.FINISH: (QUESTION, "finish it: mend what is still broken, and call it done"),
    Wish.LEAVE: (BESIDE_A_PLAN, "leave it: write what the plan says, and finish or undo it another time"),
}


def tell(run: Run, terminal: Terminal) -> None:
    """Say that it was killed, what it wrote, and how it can be taken back."""
    said = (
        f"The run {run.id} did not come to its end; what it left is judged with the rest. "
        f"keystone-check --fix finishes it, keystone-check --undo {run.id} takes back what it wrote."
    )
    terminal.say(terminal.asking().words(said))


def mention(
    unfinished: Callable[[Access, World], Run | None], access: Access, world: World, terminal: Terminal
) -> None:
    """Say it beside a report, too. A journal that cannot be read spoils no look."""
    try:
        run = unfinished(access, world)
    except KeystoneError as error:
        terminal.say(terminal.asking().words(error.message))
        return
    if run:
        tell(run, terminal)


def wish(run: Run, terminal: Terminal, *, said: str, asks: bool, other: Wish = Wish.FINISH) -> Wish:
    """What the option says, else the answer at a terminal, else the other; raises Quit for neither."""
    tell(run, terminal)
    if said or not asks:
        return Wish(said) if said else other
    screen = terminal.asking()
    for written in run.changes[:SHOWN]:
        state = "written" if written.confirmed else "begun, and nobody knows whether it took effect"
        terminal.say(screen.marked("-", f"{title(written.change)} ({state})"))
    if more := len(run.changes) - SHOWN:
        terminal.say([f"- and {more} more"] if more > 0 else [])
    return answered(terminal.ask, terminal.say, other)


def answered(
    ask: Callable[[str], str], say: Callable[[Iterable[str]], None], other: Wish = Wish.FINISH
) -> Wish:
    """Ask until it is one of the letters."""
    question, meant = _OTHERS[other]
    while True:
        match heard(ask, question).lower()[:1]:
            case letter if letter == other.value[0]:
                return other
            case "u":
                return Wish.UNDO
            case "q":
                raise Quit
            case _:
                say(
                    (
                        f"  {other.value[0]}  {meant}",
                        "  u  undo it: put back what stood there, last write first",
                        "  q  quit: write nothing (Ctrl-C and Ctrl-D too)",
                    )
                )
