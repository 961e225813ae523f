"""Who agrees to a write: the command line, somebody at a terminal, or nobody."""

from keystone_check.cli.options import Options
from keystone_check.cli.terminal import Terminal
from keystone_check.remedy.mend import Mended
from keystone_check.remedy.plan import Step

NOBODY_TO_ASK = "There is no terminal to ask at; --yes writes without asking."
WAITS = 1
"""The exit code where a write waits for a yes, whatever the gate lets pass."""


def agree(step: Step) -> bool:
    """Yes to everything: `--yes`."""
    return True


def is_mute(options: Options, terminal: Terminal) -> bool:
    """Whether nobody can agree, though something is to be written."""
    return not (options.yes or options.dry_run or terminal.answers)


def code(exit_code: int, mended: Mended, options: Options, terminal: Terminal) -> int:
    """The exit code of what is so now; never 0 where something would be written and nobody could agree."""
    waits = is_mute(options, terminal) and bool(mended.applied) and not options.exit_zero
    return exit_code or (WAITS if waits else 0)
