"""`--undo`: take back what a run of `--fix` wrote, and look again."""

from collections.abc import Callable

from keystone_check.cli.consent import NOBODY_TO_ASK, agree, code, is_mute
from keystone_check.cli.doors import Doors
from keystone_check.cli.guide import guide
from keystone_check.cli.options import Options
from keystone_check.cli.reaching import reporting
from keystone_check.cli.terminal import Terminal
from keystone_check.model.access import Access
from keystone_check.model.outcome import Diagnosis
from keystone_check.model.world import World
from keystone_check.remedy.mend import Confirm, Judge, Mended, Quit
from keystone_check.remedy.record import Recorded
from keystone_check.remedy.rehearse import rehearse
from keystone_check.remedy.runs import Run
from keystone_check.remedy.undo import chosen, lasting, restore, steps
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
    mute = is_mute(options, terminal)
    dry = options.dry_run or mute
    world = look()
    before = judge(world)
    with doors.journal(access, world) as journal:
        run = chosen(journal.runs, options.undo or "")
        tell_lasting(run, terminal)
        if dry:
            wanted = steps(run)
            after = judge(rehearse(world, [step.change for step in wanted]))
            mended = Mended(before, after, applied=wanted)
        else:
            write = Recorded(journal, lambda change: doors.write(access, change), world.now, access.name)
            mended = restored(run, before, write, agree if options.yes else guide(terminal), look, judge)
    report = reporting(options, access.name)
    note = NOBODY_TO_ASK if mute else ""
    repaired = Repaired(report(before), report(mended.after), mended, dry, f"--undo {run.id}", note)
    terminal.stdout.write(render(repaired, options.format, terminal.screen()))
    return code(repaired.now.exit_code, mended, options, terminal)


def restored(
    run: Run, before: Diagnosis, write: Recorded, confirm: Confirm, look: Callable[[], World], judge: Judge
) -> Mended:
    """Take a run back, as far as it is agreed to, and look again; recorded as a run of its own."""
    wanted = steps(run)
    try:
        answers = [(step, confirm(step)) for step in wanted]
    except Quit:
        return Mended(before, before, declined=wanted, quit=True)
    declined = tuple(step for step, yes in answers if not yes)
    done, failures = restore([step for step, yes in answers if yes], write)
    if write.run and not failures and not declined:
        write.journal.settle(run.id, undone=True)
    write.end()
    after = judge(look()) if done else before
    return Mended(before, after, applied=done, declined=declined, failures=failures)


def tell_lasting(run: Run, terminal: Terminal) -> None:
    """Say what stays as it is, though the rest is taken back."""
    restarts = lasting(run)
    if 0 < len(restarts) < len(run.changes):
        what = ", ".join(f"{it.kind} {it.namespace}/{it.name}" for it in restarts)
        said = f"A restart cannot be undone: {what} keeps the pods that it has until it is restarted again."
        terminal.say(terminal.asking().words(said))
