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
SHOWN = 5
"""Of its writes; more would push the question off the screen."""


class Wish(Enum):
    """What is to be done about it, by the option's word and the answer's letter."""

    FINISH = "finish"
    UNDO = "undo"


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


def wish(run: Run, terminal: Terminal, *, said: str, asks: bool) -> Wish:
    """What the option says, else the answer at a terminal, else to finish; raises Quit for neither."""
    tell(run, terminal)
    if said or not asks:
        return Wish(said or "finish")
    screen = terminal.asking()
    for written in run.changes[:SHOWN]:
        state = "written" if written.confirmed else "begun, and nobody knows whether it took effect"
        terminal.say(screen.marked("-", f"{title(written.change)} ({state})"))
    if more := len(run.changes) - SHOWN:
        terminal.say([f"- and {more} more"] if more > 0 else [])
    return answered(terminal.ask, terminal.say)


def answered(ask: Callable[[str], str], say: Callable[[Iterable[str]], None]) -> Wish:
    """Ask until it is one of the letters."""
    while True:
        match heard(ask, QUESTION).lower()[:1]:
            case "f":
                return Wish.FINISH
            case "u":
                return Wish.UNDO
            case "q":
                raise Quit
            case _:
                say(
                    (
                        "  f  finish it: mend what is still broken, and call it done",
                        "  u  undo it: put back what stood there, last write first",
                        "  q  quit: write nothing (Ctrl-C and Ctrl-D too)",
                    )
                )
