"""The options about a change: what an upgrade would break, and what is another than it was."""

import argparse

from keystone_check.cli.given import given
from keystone_check.cli.options import Options
from keystone_check.errors import UsageError

COMPARED = ("text", "json", "markdown", "html")
"""The formats of a comparison."""
_MORE = ("--fix", "--apply", "--undo", "--list-fixes", "--accept-all", "--count", "--wait")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add them."""
    add = parser.add_argument_group("before a change, and after it").add_argument
    add(
        "--target",
        metavar="PRODUCT=VERSION",
        action="append",
        default=[],
        help="judge as if this were installed, such as karpenter=1.14, ack-s3=1.10 or kubernetes=1.36; "
        "may be given more than once; now: what is, whatever the configuration says",
    )
    add(
        "--compare",
        metavar="FILE",
        default="",
        help="say what changed since this snapshot; ends with 1 only where a finding opened that fails",
    )


def agree(options: Options, *, looks: bool) -> None:
    """UsageError where they contradict one another or the rest; `looks`: as for a gate's."""
    named = tuple(given(options, "--compare", "--target"))
    if len(named) > 1:
        raise UsageError("--compare looks back and --target ahead", "ask for one of the two")
    for option in named:
        if not looks:
            raise UsageError(f"{option} goes with a look, and none is asked for", f"leave {option} out")
        for other in given(options, *_MORE):
            raise UsageError(f"{option} judges and {other} does more", "ask for one of the two")
    if options.compare and options.format not in COMPARED:
        raise UsageError(
            f"--compare has no --format {options.format}", "it has text, json, markdown and html"
        )
