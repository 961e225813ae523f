"""`--accept-all`: look, write what is broken as accepted, and report what is so then."""

from collections.abc import Callable, Sequence
from pathlib import Path

from keystone_check.acceptance import accept, day
from keystone_check.baseline import add, entries
from keystone_check.cli.options import Options
from keystone_check.cli.terminal import Terminal
from keystone_check.errors import UsageError
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.outcome import Diagnosis
from keystone_check.reports.printable import printable


def accept_all(
    options: Options,
    name: str,
    accepted: Sequence[Acceptance],
    look: Callable[[], Diagnosis],
    terminal: Terminal,
) -> Diagnosis:
    """The diagnosis with what was written; what is accepted already is not written again."""
    until = day("--until", options.until)
    diagnosis = look()
    found = entries(diagnosis.broken, name, options.reason.strip(), until)
    if any(entry.is_past(diagnosis.world.now) for entry in found):
        raise UsageError(f"--until {until} is past", "name a day to come")
    if found:
        add(Path(options.accept_all), found)
    what = f"{len(found)} finding{'s' * (len(found) != 1)}" if found else "nothing"
    terminal.stderr.write(f"accepted until {until}, in {printable(options.accept_all)}: {what}\n")
    return accept(diagnosis, (*accepted, *found), name)
