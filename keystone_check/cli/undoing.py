"""`--undo`: take back what a run of `--fix` wrote, and look again."""

from collections.abc import Callable, Sequence

from keystone_check.cli.arguments import Options
from keystone_check.cli.doors import Doors
from keystone_check.cli.mending import NOBODY_TO_ASK, Asking
from keystone_check.cli.reaching import reporting
from keystone_check.cli.terminal import Terminal
from keystone_check.model.access import Access
from keystone_check.model.world import World
from keystone_check.remedy.mend import Judge, Mended
from keystone_check.remedy.plan import Step
from keystone_check.remedy.record import Recorded
from keystone_check.remedy.rehearse import rehearse
from keystone_check.remedy.undo import chosen, restore, steps
from keystone_check.reports.mended import Repaired, render


def undo(
    options: Options,
    access: Access,
    look: Callable[[], World],
    judge: Judge,
    doors: Doors,
    terminal: Terminal,
) -> int:
    """Do what `--undo` asks for, print it, and give the exit code of what is so now."""
    mute = not (options.yes or options.dry_run or terminal.answers)
    world = look()
    before = judge(world)
    with doors.journal(access, world) as journal:
        run = chosen(journal.runs, options.undo or "")
        wanted = steps(run)
        if options.dry_run or mute:
            after = judge(rehearse(world, [step.change for step in wanted]))
            mended = Mended(before, after, applied=wanted)
        else:
            write = Recorded(journal, lambda change: doors.write(access, change), world.now, access.name)
            agreed, declined = _agreed(wanted, options, terminal)
            done, failures = restore(agreed, write)
            if write.run and not failures and not declined:
                journal.settle(run.id, undone=True)
            write.end()
            after = judge(look()) if done else before
            mended = Mended(before, after, applied=done, declined=declined, failures=failures)
    dry = options.dry_run or mute
    report = reporting(options, access.name)
    note = NOBODY_TO_ASK if mute else ""
    repaired = Repaired(report(before), report(mended.after), mended, dry, f"--undo {run.id}", note)
    terminal.stdout.write(render(repaired, options.format, terminal.screen()))
    return repaired.now.exit_code


def _agreed(
    wanted: Sequence[Step], options: Options, terminal: Terminal
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    if options.yes:
        return tuple(wanted), ()
    ask = Asking(terminal)
    answers = [(step, ask(step)) for step in wanted]
    return tuple(step for step, yes in answers if yes), tuple(step for step, yes in answers if not yes)
