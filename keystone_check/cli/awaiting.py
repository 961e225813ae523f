"""`--fix --wait`: what is to be done by hand is waited for, and the rest mended when it is seen."""

from collections.abc import Callable
from dataclasses import replace

from keystone_check.cli.doors import Doors
from keystone_check.cli.gating import EVERY
from keystone_check.cli.options import Options
from keystone_check.cli.rounds import Rounds, is_good, rounds
from keystone_check.cli.terminal import Terminal
from keystone_check.model.finding import Safety, Status
from keystone_check.model.outcome import Diagnosis
from keystone_check.model.world import World
from keystone_check.remedy.mend import Judge, Mended
from keystone_check.remedy.plan import named
from keystone_check.reports.printable import printable
from keystone_check.reports.report import Report

Look = Callable[[], World]
Again = Callable[[World], Mended]
"""Mends, beginning with a world that was seen already."""


def awaited(
    mended: Mended,
    again: Again,
    look: Look,
    judge: Judge,
    report: Callable[[Diagnosis], Report],
    options: Options,
    doors: Doors,
    terminal: Terminal,
) -> Mended:
    """Look again until something that is to be done by hand is done, and mend what can be mended then.

    Goes on until nothing by hand is left, or the seconds of `--wait` are over.
    """
    end = doors.clock() + (options.wait or 0)
    while by_hand(mended):
        _announce(mended, terminal)
        seen = _seen(mended, look, judge, report, options, end, doors, terminal)
        if seen is None:
            break
        mended = _joined(mended, again(seen))
    return mended


def by_hand(mended: Mended) -> frozenset[str]:
    """The findings that wait for somebody's hands, by name."""
    return frozenset(named(item.outcome) for item in mended.held_back if item.repair.safety is Safety.MANUAL)


def _announce(mended: Mended, terminal: Terminal) -> None:
    """The lines to write, before the waiting for them begins."""
    repairs = dict.fromkeys(it.repair for it in mended.held_back if it.repair.safety is Safety.MANUAL)
    for repair in repairs:
        terminal.stderr.write(f"to be done by hand: {printable(repair.title)}\n")
        lines = (line for step in repair.steps for line in step.splitlines())
        terminal.stderr.write("".join(f"  {printable(line)}\n" for line in lines))
    terminal.stderr.flush()


def _seen(
    mended: Mended,
    look: Look,
    judge: Judge,
    report: Callable[[Diagnosis], Report],
    options: Options,
    end: float,
    doors: Doors,
    terminal: Terminal,
) -> World | None:
    """The first world in which one of them is done; None where none was for as long as is waited."""
    waited = by_hand(mended)

    def tell(line: str) -> None:
        terminal.stderr.write(f"{printable(line)}\n")
        terminal.stderr.flush()

    def glance() -> Report:
        return report(_of(judge(look()), waited))

    plan = Rounds(1, options.every or EVERY, max(0.0, end - doors.clock()))
    said = rounds(glance, plan, doors.clock, doors.sleep, tell)
    return said.diagnosis.world if is_good(said) else None


def _of(diagnosis: Diagnosis, waited: frozenset[str]) -> Diagnosis:
    """What is still to be done by hand; nothing as soon as one of them is done."""
    left = tuple(it for it in diagnosis.having(Status.BROKEN) if named(it) in waited)
    return replace(diagnosis, outcomes=left if len(left) == len(waited) else ())


def _joined(before: Mended, after: Mended) -> Mended:
    """Both as one: what was found first, all that was done, and what is so now."""
    return replace(
        after,
        before=before.before,
        applied=(*before.applied, *after.applied),
        declined=(*before.declined, *after.declined),
        refused=(*before.refused, *after.refused),
    )
