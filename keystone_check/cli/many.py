"""The options of several clusters: which, which share of them, and results that are joined."""

import argparse

from keystone_check.bucket_address import is_bucket, place
from keystone_check.cli.given import given
from keystone_check.cli.options import Options
from keystone_check.errors import UsageError
from keystone_check.shard import Shard, shard

MAX_AGE = 36.0
"""As `merge.MAX_AGE`, which --help does without; a test compares."""
_OF_ONE = (
    *("--list-fixes", "--plan-out", "--emit", "--context", "--nix", "--host", "--manifest", "--save"),
    *("--compare", "--accept-all", "--count", "--wait", "--events", "--cleanup", "--endpoints"),
    *("--permissions", "--policy", "--rehearse", "--why"),
)
_OF_A_LOOK = (
    *("--fix", "--apply", "--undo", "--shard", "--only", "--skip", "--live", "--cloudtrail", "--target"),
    *("--second-opinion", "--accept", "--exit-zero", "--fail-on", "--kubeconfig", "--namespace"),
    *("--selector", "--budget", "--list", "--lint-checks", "--checks"),
)


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


def agree(options: Options) -> None:
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


def is_many(options: Options) -> bool:
    """Whether several clusters are asked for, be they one in the end."""
    return options.all or options.shard is not None or len(options.clusters) > 1


def _looks(options: Options) -> None:
    if any(given(options, "--fix", "--apply", "--undo")):
        raise UsageError(
            "a repair is of one cluster: it is looked at again before the next is touched",
            "mend one after another: keystone-check --cluster NAME --fix",
        )
    for option in given(options, *_OF_ONE):
        raise UsageError(
            f"{option} goes with one cluster, and several are asked for",
            f"ask one after another: keystone-check --cluster NAME {option}",
        )


def _merges(options: Options) -> None:
    for option in given(options, *_OF_ONE, *_OF_A_LOOK):
        raise UsageError(
            f"--merge joins reports that are there, and {option} goes with a look",
            f"give {option} where each cluster is looked at",
        )


def _filed(options: Options) -> None:
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
