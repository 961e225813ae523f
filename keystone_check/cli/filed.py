"""The options of snapshots: facts kept in a file and judged from it."""

import argparse

from keystone_check.cli.given import given
from keystone_check.cli.options import Options
from keystone_check.errors import UsageError

SNAPSHOT = "snapshot:"
"""As `clusters.SNAPSHOT`, which --help does without; a test compares."""
_CLUSTER = "name a cluster instead, with --cluster"
_NO_LOOK = ("--fix", "--apply", "--undo", "--list-fixes")
_AT_A_CLUSTER = (
    *("--endpoints", "--permissions", "--cleanup", "--fix", "--apply", "--undo", "--wait", "--count"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add them."""
    add = parser.add_argument_group("snapshots").add_argument
    add(
        "--save",
        metavar="FILE",
        default="",
        help="write all facts to this file, compressed where its name ends in .gz; "
        "--cluster snapshot:FILE judges it anywhere",
    )
    add(
        "--pseudonyms",
        action="store_true",
        help="with --save: account ids, names, hosts and addresses under other names, the same for the same",
    )


def agree(options: Options, *, looks: bool) -> None:
    """UsageError where they contradict one another or the rest; `looks`: as for a gate's."""
    if options.pseudonyms and not options.save:
        raise UsageError("--pseudonyms says how to save, and nothing is saved", "add --save FILE")
    if options.save and (not looks or any(given(options, *_NO_LOOK))):
        raise UsageError("--save goes with a look and nothing else", "ask for one of the two")
    if options.save and any(given(options, "--count", "--wait", "--accept-all")):
        raise UsageError("--save goes with one look", "leave --count, --wait and --accept-all out")
    if options.save and (options.only or options.skip):
        raise UsageError("--save keeps every fact, whichever checks ask", "leave --only and --skip out")
    if options.cluster.startswith(SNAPSHOT):
        _from_a_file(options)


def _from_a_file(options: Options) -> None:
    for option in given(options, *_AT_A_CLUSTER):
        raise UsageError(f"{option} needs a cluster, and {options.cluster} is a file", _CLUSTER)
