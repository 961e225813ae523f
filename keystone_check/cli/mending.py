"""`--fix`: mend, or rehearse when nothing may be written, and say which of the two it was."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from keystone_check.cli.awaiting import awaited
from keystone_check.cli.consent import NOBODY_TO_ASK, agree, code, is_mute
from keystone_check.cli.doors import Doors
from keystone_check.cli.guide import guide
from keystone_check.cli.keeping import room
from keystone_check.cli.leftover import Wish, tell, wish
from keystone_check.cli.options import Options
from keystone_check.cli.passing import pass_on
from keystone_check.cli.reaching import reporting
from keystone_check.cli.terminal import Terminal
from keystone_check.cli.undoing import restored, tell_lasting
from keystone_check.errors import KeystoneError
from keystone_check.model.access import Access
from keystone_check.model.change import Change
from keystone_check.model.finding import Safety
from keystone_check.model.outcome import Check
from keystone_check.model.world import World
from keystone_check.remedy.mend import Confirm, Judge, Mended, Quit, first, mend, rehearsed
from keystone_check.remedy.plan import SAFE_ONLY, Others, Release
from keystone_check.remedy.record import Recorded
from keystone_check.remedy.runs import Run
from keystone_check.reports.mended import Repaired, render


def fix(
    options: Options,
    access: Access,
    checks: Sequence[Check],
    look: Callable[[], World],
    judge: Judge,
    doors: Doors,
    terminal: Terminal,
) -> int:
    """Do what `--fix` asks for, print it, and give the exit code of what is so now."""
    allow = released(options)
    mute = is_mute(options, terminal)
    dry = options.dry_run or mute
    if options.plan_out:
        room(Path(options.plan_out))
    world = look()
    foreseen = rehearsed(world, checks, allow, judge=judge)
    if options.plan_out or options.emit:
        return pass_on(options, access, foreseen, terminal)
    if dry:
        mended, option = foreseen, fix_option(options)
        if left_over := doors.unfinished(access, world):
            tell(left_over, terminal)
    else:
        vouch(access, world, [step.change for step in foreseen.applied], doors, terminal)
        fixing = Fixing(options, access, checks, look, judge, doors, terminal)
        mended, option = fixing.written(foreseen, allow)
    note = NOBODY_TO_ASK if mute else ""
    before, after = map(reporting(options, access.name), (mended.before, mended.after))
    repaired = Repaired(before, after, mended, dry, option, note)
    terminal.stdout.write(render(repaired, options.format, terminal.screen()))
    return code(repaired.now.exit_code, mended, options, terminal)


@dataclass(frozen=True, slots=True)
class Fixing:
    """A repair that may be written, with all that it goes through."""

    options: Options
    access: Access
    checks: Sequence[Check]
    look: Callable[[], World]
    judge: Judge
    doors: Doors
    terminal: Terminal

    def written(self, foreseen: Mended, allow: frozenset[Release]) -> tuple[Mended, str]:
        """What became of it and the option that did it: an unfinished run may be undone instead."""
        world, option = foreseen.before.world, fix_option(self.options)
        with self.doors.journal(self.access, world) as journal:
            write = Recorded(
                journal, lambda change: self.doors.write(self.access, change), world.now, self.access.name
            )
            left_over = journal.unfinished
            try:
                if left_over and self._wish(left_over) is Wish.UNDO:
                    tell_lasting(left_over, self.terminal)
                    confirm = self._confirm(foreseen)
                    mended = restored(left_over, foreseen.before, write, confirm, self.look, self.judge)
                    return mended, f"--undo {left_over.id}"
            except Quit:
                return replace(_nothing(foreseen), declined=foreseen.applied, quit=True), option
            mended = self._mended(foreseen, write, allow)
            if self.options.wait is not None and not mended.failures and not mended.quit:
                mended = self._awaited(mended, write, allow)
            if left_over and not mended.failures and not mended.quit:
                write.begin()
                journal.settle(left_over.id, undone=False)
            write.end()
        return mended, option

    def _mended(self, foreseen: Mended, write: Recorded, allow: frozenset[Release]) -> Mended:
        look = first(foreseen.before.world, self.look)
        confirm = self._confirm(foreseen)
        return mend(look, self.checks, write, allow, confirm, wait=self.doors.wait, judge=self.judge)

    def _awaited(self, mended: Mended, write: Recorded, allow: frozenset[Release]) -> Mended:
        """Go on when what is to be done by hand is seen to be done."""

        def later(seen: World) -> Mended:
            foreseen = rehearsed(seen, self.checks, allow, judge=self.judge)
            changes = [step.change for step in foreseen.applied]
            vouch(self.access, seen, changes, self.doors, self.terminal)
            return self._mended(foreseen, write, allow)

        report = reporting(self.options, self.access.name)
        return awaited(mended, later, self.look, self.judge, report, self.options, self.doors, self.terminal)

    def _wish(self, left_over: Run) -> Wish:
        asks = not self.options.yes
        return wish(left_over, self.terminal, said=self.options.unfinished, asks=asks)

    def _confirm(self, foreseen: Mended) -> Confirm:
        return agree if self.options.yes else guide(self.terminal, self.checks, foreseen.before)


def _nothing(foreseen: Mended) -> Mended:
    return replace(foreseen, after=foreseen.before, applied=(), refused=())


def fix_option(options: Options) -> str:
    """The option as it would be given again."""
    return f"--fix={options.fix}".removesuffix("=safe") + (" --managed" if options.managed else "")


def released(options: Options) -> frozenset[Release]:
    """What the options release. A form for other tools is for those who manage, so it leaves nothing out."""
    unsafe: set[Release] = {Safety.UNSAFE} if options.fix == "unsafe" else set()
    restarts: set[Release] = {Safety.RESTART} if options.restart else set()
    managed: set[Release] = {Others.MANAGED} if options.managed or options.emit else set()
    return SAFE_ONLY | unsafe | restarts | managed


def vouch(access: Access, world: World, changes: Sequence[Change], doors: Doors, terminal: Terminal) -> None:
    """KeystoneError where a right that a change takes is known to be missing; say what is not known."""
    found = doors.may(access, getattr(world.caller, "arn", ""), changes)
    if found.lacking:
        raise KeystoneError(
            f"nothing was written, since whoever runs this may not: {', '.join(found.lacking)}",
            "allow it, or let someone write the plan who may: keystone-check --fix --plan-out FILE",
        )
    for what in found.unchecked:
        terminal.say(terminal.asking().words(f"Not checked before writing: {what}"))
