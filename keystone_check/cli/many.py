"""The options of several clusters: which, which share of them, and results that are joined."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from keystone_check.bucket_address import is_bucket, place
from keystone_check.errors import UsageError
from keystone_check.shard import Shard, shard

if TYPE_CHECKING:
    from keystone_check.cli.arguments import Options

MAX_AGE = 36.0
"""As `merge.MAX_AGE`, which --help does without; a test compares."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add them."""
    add = parser.add_argument_group("many clusters").add_argument
    add(
        "--all",
        action="store_true",
        help="every cluster of the configuration, side by side; as --cluster several times, with one report",
    )
    add(
        "--shard",
        metavar="N/OF",
        type=_shard,
        help="of several clusters the share of one job of a CI matrix: 2/5 is the second of five",
    )
    add(
        "--merge",
        metavar="FILE",
        nargs="+",
        action="extend",
        default=[],
        help="join reports of --format json, of several clusters and of shards, into one: files, folders, or "
        "s3://BUCKET/PREFIX/; with --all or --cluster these clusters have to be among them",
    )
    add(
        "--max-age",
        metavar="HOURS",
        type=_hours,
        help=f"with --merge: what was looked at longer ago counts as unseen ({MAX_AGE:g})",
    )


def agree(options: "Options") -> None:
    """UsageError where they contradict one another or the rest."""
    if options.max_age is not None and not options.merge:
        raise UsageError("--max-age goes with --merge", "add --merge FILE…, or leave it out")
    if options.all and options.clusters:
        raise UsageError("--all names every cluster, and --cluster some", "give one of the two")
    if options.shard and not (options.all or options.clusters):
        raise UsageError("--shard shares clusters, and none is named", "add --all, or --cluster NAME")
    if is_bucket(options.output):
        _filed(options)
    if options.merge:
        _merges(options)
    elif is_many(options):
        _looks(options)


def is_many(options: "Options") -> bool:
    """Whether several clusters are asked for, be they one in the end."""
    return options.all or options.shard is not None or len(options.clusters) > 1


def _looks(options: "Options") -> None:
    if options.fix or options.apply or options.undo is not None:
        raise UsageError(
            "a repair is of one cluster: it is looked at again before the next is touched",
            "mend one after another: keystone-check --cluster NAME --fix",
        )
    for option, given in _of_one(options):
        if given:
            raise UsageError(
                f"{option} goes with one cluster, and several are asked for",
                f"ask one after another: keystone-check --cluster NAME {option}",
            )


def _merges(options: "Options") -> None:
    for option, given in (*_of_one(options), *_of_a_look(options)):
        if given:
            raise UsageError(
                f"--merge joins reports that are there, and {option} goes with a look",
                f"give {option} where each cluster is looked at",
            )


def _of_one(options: "Options") -> Iterator[tuple[str, object]]:
    yield "--list-fixes", options.list_fixes
    yield "--plan-out", options.plan_out
    yield "--emit", options.emit
    yield "--context", options.context
    yield "--nix", options.nix
    yield "--host", options.host
    yield "--manifest", options.manifest
    yield "--save", options.save
    yield "--compare", options.compare
    yield "--accept-all", options.accept_all
    yield "--count", options.rounds != 1
    yield "--wait", options.wait is not None
    yield "--events", options.events
    yield "--cleanup", options.cleanup
    yield "--endpoints", options.endpoints
    yield "--permissions", options.permissions
    yield "--policy", options.policy
    yield "--rehearse", options.rehearse
    yield "--why", options.why is not None


def _of_a_look(options: "Options") -> Iterator[tuple[str, object]]:
    yield "--fix", options.fix
    yield "--apply", options.apply
    yield "--undo", options.undo is not None
    yield "--shard", options.shard
    yield "--only", options.only
    yield "--skip", options.skip
    yield "--live", options.live
    yield "--cloudtrail", options.cloudtrail
    yield "--target", options.target
    yield "--accept", options.accept
    yield "--exit-zero", options.exit_zero


def _filed(options: "Options") -> None:
    """Said before the look, as for a file."""
    key = place(options.output).key
    if not key or key.endswith("/"):
        raise UsageError(
            f"{options.output} names no object", "write s3://BUCKET/PREFIX/NAME.json, a name for each cluster"
        )


def _shard(text: str) -> Shard:
    try:
        return shard(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(f"{error.message}: {error.hint}") from error


def _hours(text: str) -> float:
    try:
        hours = float(text.removesuffix("h"))
    except ValueError:
        hours = -1.0
    if not 0 < hours < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of hours above 0")
    return hours
