"""`--fix`: mend, or rehearse when nothing may be written, and say which of the two it was."""

from collections.abc import Callable, Sequence

from keystone_check.cli.arguments import Options
from keystone_check.cli.doors import Doors
from keystone_check.cli.passing import pass_on
from keystone_check.cli.reaching import reporting
from keystone_check.cli.terminal import Terminal
from keystone_check.errors import KeystoneError
from keystone_check.model.access import Access
from keystone_check.model.change import Change
from keystone_check.model.finding import Safety
from keystone_check.model.outcome import Check
from keystone_check.model.world import World
from keystone_check.remedy.mend import Confirm, Judge, Mended, first, mend, rehearsed
from keystone_check.remedy.plan import SAFE_ONLY, Step
from keystone_check.remedy.record import Recorded
from keystone_check.remedy.runs import Run
from keystone_check.reports.mended import Repaired, question, render

NOBODY_TO_ASK = "There is no terminal to ask at; --yes writes without asking."


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
    mute = not (options.yes or options.dry_run or terminal.answers)
    dry = options.dry_run or mute
    if options.plan_out or options.emit:
        return pass_on(options, access, rehearsed(look(), checks, allow, judge=judge), terminal)
    if dry:
        mended = rehearsed(look(), checks, allow, judge=judge)
    else:
        confirm: Confirm = (lambda step: True) if options.yes else Asking(terminal)
        world = look()
        foreseen = rehearsed(world, checks, allow, judge=judge).applied
        vouch(access, world, [step.change for step in foreseen], doors, terminal)
        with doors.journal(access, world) as journal:
            write = Recorded(journal, lambda change: doors.write(access, change), world.now, access.name)
            left_over = journal.unfinished
            if left_over:
                tell(left_over, terminal)
            mended = mend(first(world, look), checks, write, allow, confirm, wait=doors.wait, judge=judge)
            if left_over and write.run:
                journal.settle(left_over.id, undone=False)
            write.end()
    repaired = _repaired(mended, access.name, options, dry, NOBODY_TO_ASK if mute else "")
    terminal.stdout.write(render(repaired, options.format, terminal.screen()))
    return repaired.now.exit_code


def tell(left_over: Run, terminal: Terminal) -> None:
    """Say that an earlier run was killed on its way: this one takes up what it left."""
    said = (
        f"The run {left_over.id} did not come to its end; what it left is judged with the rest. "
        f"keystone-check --undo {left_over.id} takes back what it wrote."
    )
    for line in terminal.screen().words(said):
        terminal.stderr.write(f"{line}\n")


def _repaired(mended: Mended, name: str, options: Options, dry: bool, note: str) -> Repaired:
    before, after = map(reporting(options, name), (mended.before, mended.after))
    return Repaired(before, after, mended, dry, f"--fix={options.fix}".removesuffix("=safe"), note)


def released(options: Options) -> frozenset[Safety]:
    """The classes of repairs that the options release."""
    return SAFE_ONLY | {Safety.UNSAFE} if options.fix == "unsafe" else SAFE_ONLY


def vouch(access: Access, world: World, changes: Sequence[Change], doors: Doors, terminal: Terminal) -> None:
    """KeystoneError where a right that a change takes is known to be missing; say what is not known."""
    found = doors.may(access, getattr(world.caller, "arn", ""), changes)
    if found.lacking:
        raise KeystoneError(
            f"nothing was written, since whoever runs this may not: {', '.join(found.lacking)}",
            "allow it, or let someone write the plan who may: keystone-check --fix --plan-out FILE",
        )
    for what in found.unchecked:
        for line in terminal.screen().words(f"Not checked before writing: {what}"):
            terminal.stderr.write(f"{line}\n")


class Asking:
    """Asks for each step on stderr; `a` agrees to all that follow, `q` to none of them."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._standing: bool | None = None

    def __call__(self, step: Step) -> bool:
        if self._standing is None:
            return self._ask(step)
        return self._standing

    def _ask(self, step: Step) -> bool:
        stderr, stdin = self._terminal.stderr, self._terminal.stdin
        stderr.write("".join(f"{line}\n" for line in ("", *question(step, self._terminal.screen()))))
        stderr.write("Write this? [y]es, [n]o, [a]ll, [q]uit: ")
        stderr.flush()
        answer = stdin.readline().strip().lower()[:1] if stdin else ""
        if answer in ("a", "q"):
            self._standing = answer == "a"
        return answer in ("y", "a")
