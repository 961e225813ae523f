"""The options of a plan that is kept, passed on or printed in another form."""

import argparse

from keystone_check.cli.given import given
from keystone_check.cli.options import Options
from keystone_check.errors import UsageError

FORMS = ("shell", "terraform", "cloudformation", "kubectl", "nix")
"""As `remedy.emit.FORMS`, which --help does without; a test compares."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add them."""
    add = parser.add_argument_group("plans").add_argument
    add(
        "--plan-out",
        metavar="FILE",
        default="",
        help="with --fix: write the plan to this file, and nothing else",
    )
    add(
        "--apply",
        metavar="FILE",
        default="",
        help="write what this plan says, if all still stands as planned",
    )
    add(
        "--emit",
        metavar="FORM",
        choices=FORMS,
        default="",
        help=f"with --fix: print the plan as {', '.join(FORMS[:-1])} or {FORMS[-1]}; nothing is written",
    )
    add("--list-fixes", action="store_true", help="say what can be mended, by which class, with which rights")


def agree(options: Options, *, looks: bool) -> None:
    """UsageError where they contradict one another or the options of mending; `looks`: as for a gate's."""
    for option in given(options, "--apply", "--list-fixes"):
        if not looks:
            raise UsageError(f"{option} goes with a look, and none is asked for", "ask for one of the two")
        if any(given(options, "--count", "--wait", "--accept-all")):
            raise UsageError(f"{option} goes with one look", "leave --count, --wait and --accept-all out")
    for option in given(options, "--plan-out", "--emit"):
        if not options.fix:
            raise UsageError(
                f"{option} says what to do with a plan, and none is made", f"add --fix to {option}"
            )
        if options.dry_run or options.yes:
            raise UsageError(f"{option} writes nothing to the cluster", "leave --dry-run and --yes out")
    if options.plan_out and options.emit:
        raise UsageError("--plan-out keeps a plan and --emit prints it", "ask for one of the two")
    if options.apply and (options.fix or options.undo is not None):
        raise UsageError("--apply writes what its plan says and nothing else", "ask for one at a time")
    if options.list_fixes and (options.fix or options.apply or options.undo is not None):
        raise UsageError("--list-fixes looks and writes nothing", "ask for one of the two")
