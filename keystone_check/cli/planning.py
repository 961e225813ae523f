"""`--apply`: what a plan from a file says, written if all still stands as it was planned."""

from collections.abc import Callable, Sequence
from pathlib import Path

from keystone_check.cli.consent import NOBODY_TO_ASK, agree, code, is_mute
from keystone_check.cli.doors import Doors
from keystone_check.cli.guide import guide
from keystone_check.cli.leftover import Wish, tell, wish
from keystone_check.cli.mending import vouch
from keystone_check.cli.options import Options
from keystone_check.cli.reaching import reporting
from keystone_check.cli.terminal import Terminal
from keystone_check.cli.undoing import restored, tell_lasting
from keystone_check.errors import UsageError
from keystone_check.model.access import Access
from keystone_check.model.outcome import Check, Diagnosis
from keystone_check.model.world import World
from keystone_check.remedy.admit import admit
from keystone_check.remedy.describe import title
from keystone_check.remedy.mend import Confirm, Judge, Mended, Quit, carry_out, first
from keystone_check.remedy.planfile import PlanFile, read
from keystone_check.remedy.record import Recorded
from keystone_check.remedy.rehearse import rehearse
from keystone_check.reports.mended import Repaired, render
from keystone_check.reports.printable import printable


def apply_plan(
    options: Options,
    access: Access,
    checks: Sequence[Check],
    look: Callable[[], World],
    judge: Judge,
    doors: Doors,
    terminal: Terminal,
) -> int:
    """Do what `--apply` asks for, print it, and give the exit code of what is so now.

    Everything that can refuse the plan does so before its first change is written.
    """
    plan = _read(options.apply)
    world = look()
    before = judge(world)
    admit(plan, before, tuple(checks), managed=options.managed)
    changes = [step.change for step in plan.steps]
    if gone := doors.stale(access, changes):
        raise UsageError(
            "the plan is refused, nothing of it was written: " + "\n".join(gone),
            "plan anew: keystone-check --fix --plan-out FILE",
        )
    _retold(plan, terminal)
    mute = is_mute(options, terminal)
    dry = options.dry_run or mute
    option = _option(options)
    if dry:
        if left_over := doors.unfinished(access, world):
            tell(left_over, terminal)
        mended = Mended(before, judge(rehearse(world, changes)), applied=plan.steps)
    else:
        vouch(access, world, changes, doors, terminal)
        mended, option = _written(options, access, checks, look, judge, plan, before, doors, terminal)
    report = reporting(options, access.name)
    note = NOBODY_TO_ASK if mute else ""
    repaired = Repaired(report(before), report(mended.after), mended, dry, option, note)
    terminal.stdout.write(render(repaired, options.format, terminal.screen()))
    return code(repaired.now.exit_code, mended, options, terminal)


def _written(
    options: Options,
    access: Access,
    checks: Sequence[Check],
    look: Callable[[], World],
    judge: Judge,
    plan: PlanFile,
    before: Diagnosis,
    doors: Doors,
    terminal: Terminal,
) -> tuple[Mended, str]:
    """What became of it and the option that did it: an unfinished run may be undone instead."""
    confirm: Confirm = agree if options.yes else guide(terminal, checks, before)
    world, option = before.world, _option(options)
    with doors.journal(access, world) as journal:
        write = Recorded(journal, lambda change: doors.write(access, change), world.now, access.name)
        if left_over := journal.unfinished:
            try:
                wanted = wish(
                    left_over, terminal, said=options.unfinished, asks=not options.yes, other=Wish.LEAVE
                )
            except Quit:
                return Mended(before, before, declined=plan.steps, quit=True), option
            if wanted is Wish.UNDO:
                tell_lasting(left_over, terminal)
                return restored(left_over, before, write, confirm, look, judge), f"--undo {left_over.id}"
        mended = carry_out(
            plan.steps, first(world, look), checks, write, confirm, wait=doors.wait, judge=judge
        )
        write.end()
    return mended, option


def _option(options: Options) -> str:
    """The option as it would be given again."""
    return f"--apply {options.apply}" + (" --managed" if options.managed else "")


def _read(name: str) -> PlanFile:
    try:
        document = Path(name).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        because = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(
            f"the plan {name} cannot be read: {because}", "name a file of --fix --plan-out FILE"
        ) from error
    return read(document, name)


def _retold(plan: PlanFile, terminal: Terminal) -> None:
    """Where the file's words are not those of its change, whoever reviewed it read something else."""
    for number in plan.retold:
        terminal.stderr.write(
            f"step {number} of the file was edited: its title or diff is not that of its change; "
            f"the change says: {printable(title(plan.steps[number - 1].change))}\n"
        )
