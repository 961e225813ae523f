"""The command line: argv to frozen Options. Nothing heavy is imported here; `--help` must be quick."""

import argparse
import math
from collections.abc import Sequence
from typing import NoReturn

from keystone_check.cli import asking, changing, declaring, filed, gating, many, planned, rehearsed, repairing
from keystone_check.cli.given import given
from keystone_check.cli.options import Options
from keystone_check.errors import UsageError
from keystone_check.near import did_you_mean

FORMATS = ("text", "short", "json", "markdown", "html", "sarif", "github", "prometheus")


def parse(argv: Sequence[str]) -> Options:
    """The options of this command line; UsageError where it makes none, Answered for --help and --version."""
    parser = options_parser()
    read, unknown = parser.parse_known_args(argv)
    if unknown:
        raise _unknown(unknown[0], parser)
    said = vars(read)
    ids = {"only": _ids("--only", said["only"]), "skip": _ids("--skip", said["skip"])}
    several = {
        **_clusters(said["cluster"]),
        "merge": tuple(said["merge"]),
        "accept": tuple(said["accept"]),
        "checks": tuple(said["checks"]),
        "target": tuple(said["target"]),
        "manifest": tuple(said["manifest"]),
    }
    options = Options(**{**said, **ids, **several})
    looks = not asking.texts(options)
    repairing.agree(options, looks=looks)
    asking.agree(options)
    _filing(options, looks=looks)
    many.agree(options)
    planned.agree(options, looks=looks)
    gating.agree(options, looks=looks)
    filed.agree(options, looks=looks)
    changing.agree(options, looks=looks)
    declaring.agree(options)
    rehearsed.agree(options)
    return options


def _clusters(named: Sequence[str]) -> dict[str, object]:
    """The one; of several it is nowhere meant, and `clusters` has them."""
    once = tuple(dict.fromkeys(named))
    return {"clusters": once, "cluster": once[0] if len(once) == 1 else ""}


def _filing(options: Options, *, looks: bool) -> None:
    other = any(given(options, "--fix", "--apply", "--list-fixes", "--undo", "--compare"))
    for option in given(options, "--output", "--events"):
        if other or not looks:
            raise UsageError(f"{option} goes with a look, and none is asked for", f"leave {option} out")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message, _HELP)


def options_parser() -> argparse.ArgumentParser:
    """Every option, with its help."""
    parser = _Parser(
        prog="keystone-check",
        description="Judge every link of trust between a Kubernetes cluster and AWS; mend what is broken.",
        epilog=_EPILOG,
        add_help=False,
        allow_abbrev=False,
        argument_default=None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _reaching(parser)
    many.arguments(parser)
    _facts(parser)
    declaring.arguments(parser)
    _choosing(parser)
    repairing.arguments(parser)
    planned.arguments(parser)
    gating.arguments(parser, _seconds)
    filed.arguments(parser)
    changing.arguments(parser)
    rehearsed.arguments(parser)
    _reporting(parser)
    asking.arguments(parser)
    return parser


_EPILOG = """\
Without any option: the only configured cluster, or the kubeconfig's current context.

exit codes
  0  every check holds
  1  something is broken, or a repair waits for a yes that nobody was there to give
  2  the command line or the configuration asks for what cannot be
  3  nothing is broken, but something could not be seen
  4  a bug of ours, or of a check of yours

exit codes of --why
  0  explained, and on a cluster none of the causes holds there
  1  a cause holds on the cluster
  3  not recognised, or something on the cluster could not be seen

exit codes of --rehearse
  0  the next step can go
  1  something must be true first that is not
  3  that cannot be judged
"""


def _reaching(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("which cluster, and how it is reached")
    add = group.add_argument
    add(
        "--cluster",
        metavar="NAME",
        action="append",
        default=[],
        help="a configured cluster, a kube context, sandbox, sandbox:NAME, snapshot:FILE or none; "
        "several times for one report of several",
    )
    add("--context", metavar="C", default="", help="the kube context")
    add("--kubeconfig", metavar="F", default="", help="the kubeconfig file")
    which = group.add_mutually_exclusive_group()
    which.add_argument("-n", "--namespace", metavar="N", help="service accounts of this namespace only")
    which.add_argument(
        "-A", "--all-namespaces", dest="namespace", action="store_const", const="", help="of all namespaces"
    )
    add("-l", "--selector", metavar="S", default="", help="service accounts with these labels only")
    add("--profile", metavar="P", default="", help="the AWS profile")
    add("--region", metavar="R", default="", help="the AWS region")
    add("--budget", metavar="S", type=_seconds, help="seconds for the whole look (60)")
    add("--request-timeout", metavar="S", type=_seconds, help="seconds for each request (10)")


def _facts(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("which facts").add_argument
    add(
        "--live",
        action="store_true",
        help="really ask STS, once for each bound account; what it hands out is dropped at once",
    )
    add(
        "--cloudtrail",
        action="store_true",
        help="read what CloudTrail recorded of the exchanges in the last 12 hours",
    )
    add(
        "--second-opinion",
        action="store_true",
        help="ask IAM's policy simulator about all that Karpenter and ACK need, and compare",
    )


def _choosing(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("which checks").add_argument
    add("--only", metavar="ID", nargs="+", action="extend", default=[], help="these checks, or all of a link")
    add(
        "--skip",
        metavar="ID",
        nargs="+",
        action="extend",
        default=[],
        help="not these checks, or none of a link",
    )
    add("--checks", metavar="DIR", action="append", default=[], help="your own checks in this folder too")


def _reporting(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the report")
    add = group.add_argument
    add(
        "--format",
        choices=FORMATS,
        default="text",
        help="text (default), short to paste into a chat, json, markdown for a pull request, html to open, "
        "sarif, github for annotations of a run of Actions, or prometheus for a textfile collector",
    )
    add(
        "--output",
        metavar="FILE",
        default="",
        help="the report goes to this file, which is replaced at once when it is whole; or s3://BUCKET/KEY",
    )
    add(
        "--events",
        metavar="FILE",
        default="",
        help="tell this file (- is standard error) what is being read and found, one JSON object a line",
    )
    colour = group.add_mutually_exclusive_group()
    colour.add_argument(
        "--color", dest="color", action="store_true", default=None, help="colour even in a pipe"
    )
    colour.add_argument("--no-color", dest="color", action="store_false", default=None, help="no colour")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


def _ids(option: str, words: list[str]) -> tuple[str, ...]:
    ids = tuple(dict.fromkeys(id for word in words for id in word.split(",") if id))
    if words and not ids:
        raise UsageError(f"{option} names no check", "keystone-check --list names them all")
    return ids


def _unknown(word: str, parser: argparse.ArgumentParser) -> UsageError:
    if not word.startswith("-"):
        return UsageError(f"{word!r} belongs to no option", f"for a cluster: keystone-check --cluster {word}")
    name = word.partition("=")[0]
    known = [word.strip("[],") for word in parser.format_usage().split() if word.strip("[").startswith("--")]
    return UsageError(f"there is no option {name}", did_you_mean(name, known) if len(name) > 2 else _HELP)


_HELP = "keystone-check --help lists the options"
