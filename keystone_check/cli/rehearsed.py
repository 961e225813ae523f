"""The options of a rehearsal."""

import argparse

from keystone_check.cli.given import given
from keystone_check.cli.options import Options
from keystone_check.errors import UsageError

FORMATS = ("text", "json", "markdown")
_TEXTS = (
    *("--explain", "--why", "--list", "--cleanup", "--permissions", "--policy", "--endpoints"),
    *("--lint-checks", "--schema"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add them."""
    add = parser.add_argument_group("rehearsals").add_argument
    add(
        "--rehearse",
        metavar="WHAT",
        default="",
        help="say what a rotation takes, step by step, and what each step costs out of order: rotate-key, "
        "change-issuer=URL, move-bucket=NAME[,REGION] or rotate-certificate",
    )
    add(
        "--resume",
        metavar="FILE",
        nargs="?",
        const="",
        help="with --rehearse: go on where the cluster shows that the rotation is; "
        "FILE is a snapshot of before, which tells since when",
    )


def agree(options: Options) -> None:
    """UsageError where they contradict one another or the rest."""
    if options.resume is not None and not options.rehearse:
        raise UsageError("--resume goes on with a rehearsal, and none is asked for", "add --rehearse")
    if not options.rehearse:
        return
    for option in given(options, *_TEXTS):
        raise UsageError(f"--rehearse and {option} each ask for a text of their own", "ask for one of them")
    if options.format not in FORMATS:
        raise UsageError(f"--rehearse has no --format {options.format}", "it has text, json and markdown")
