"""The options of a repair: what is mended, what may be written for it, and what is taken back."""

import argparse

from keystone_check.cli.given import given
from keystone_check.cli.options import Options
from keystone_check.errors import UsageError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add them."""
    add = parser.add_argument_group("mending").add_argument
    add(
        "--fix",
        nargs="?",
        const="safe",
        default="",
        choices=("safe", "unsafe"),
        help="mend what is broken, asking before each change; "
        "--fix=unsafe releases also what may take access away or widen it",
    )
    add(
        "--managed",
        action="store_true",
        help="with --fix or --apply: also what Terraform, CloudFormation, Helm, Argo CD, Flux or another "
        "owner manages, and will likely revert",
    )
    add(
        "--dry-run",
        action="store_true",
        help="with --fix or --undo: write nothing, show the report that would follow",
    )
    add(
        "--restart",
        action="store_true",
        help="with --fix: restart workloads too whose pods never got their role, or have a former one",
    )
    add("--yes", action="store_true", help="with --fix or --undo: do not ask")
    add(
        "--undo",
        metavar="RUN",
        nargs="?",
        const="",
        help="put back what a run of --fix (the last one) replaced, unless it has changed since",
    )
    add(
        "--unfinished",
        choices=("finish", "undo"),
        default="",
        help="with --fix, where an earlier run was killed on its way: finish it (what --yes does) or undo "
        "it; with --apply: undo it instead (--yes leaves it)",
    )


def agree(options: Options, *, looks: bool) -> None:
    """UsageError where they contradict one another or the rest; `looks`: as for a gate's."""
    if options.fix and not looks and not options.permissions:
        raise UsageError(
            "--fix looks and writes, and what goes with it does neither", "ask for one of the two"
        )
    if options.restart and not options.fix:
        raise UsageError("--restart releases repairs, and nothing is to be mended", "add --fix")
    if not any(given(options, "--fix", "--apply", "--cleanup", "--undo")):
        for option in given(options, "--dry-run", "--yes"):
            message = f"{option} says how to repair, and nothing is to be repaired"
            raise UsageError(message, f"add --fix, or leave {option} out")
    _writing(options)
    if options.fix and options.undo is not None:
        raise UsageError("--fix writes and --undo takes back", "ask for one of the two")


def _writing(options: Options) -> None:
    """What says more of a repair that writes."""
    repairs = options.fix or options.apply
    if options.managed and not repairs:
        raise UsageError("--managed says what a repair may write, and none is made", "add --fix")
    if options.unfinished == "finish" and options.apply:
        raise UsageError("a plan from a file finishes no other run", "finish it first: keystone-check --fix")
    if options.unfinished and not repairs:
        raise UsageError(
            "--unfinished says what a repair does about an earlier one", "add --fix, or undo it: --undo RUN"
        )
