"""The command line: argv to frozen Options. Nothing heavy is imported here; `--help` must be quick."""

import argparse
import math
from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from keystone_check import __version__
from keystone_check.cli import changing, declaring, filed, gating, many, planned, rehearsed
from keystone_check.errors import UsageError
from keystone_check.near import did_you_mean
from keystone_check.shard import Shard

SHELLS = ("bash", "zsh", "fish")
FORMATS = ("text", "short", "json", "markdown", "html", "sarif", "github", "prometheus")


class Answered(Exception):  # noqa: N818  # it is no error
    """The command line asked for nothing but a text of our own: help or the version."""


class Options(NamedTuple):
    """What was asked for. Empty strings and None: not said.

    No dataclass: importing those costs two thirds of an empty Python.
    """

    cluster: str = ""
    """The only one that is named."""
    clusters: tuple[str, ...] = ()
    """All that are named."""
    all: bool = False
    shard: Shard | None = None
    merge: tuple[str, ...] = ()
    """Files of results, and buckets."""
    max_age: float | None = None
    """Hours."""
    context: str = ""
    kubeconfig: str = ""
    namespace: str | None = None
    """An empty string means all namespaces."""
    selector: str = ""
    profile: str = ""
    region: str = ""
    budget: float | None = None
    request_timeout: float | None = None
    live: bool = False
    cloudtrail: bool = False
    second_opinion: bool = False
    nix: str = ""
    host: str = ""
    manifest: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    format: str = "text"
    output: str = ""
    """The report's file."""
    events: str = ""
    """A file for what a run does while it does it; `-` is standard error."""
    color: bool | None = None
    exit_zero: bool = False
    fail_on: str = "low"
    accept: tuple[str, ...] = ()
    """Files of accepted findings, beside the configuration."""
    accept_all: str = ""
    until: str = ""
    reason: str = ""
    save: str = ""
    pseudonyms: bool = False
    rounds: int = 1
    """Good ones in a row. (A tuple has a `count` already.)"""
    every: float | None = None
    wait: float | None = None
    fix: str = ""
    restart: bool = False
    """Whether workloads may be restarted whose pods have not what they should."""
    """`safe`, `unsafe`, or empty for none."""
    dry_run: bool = False
    yes: bool = False
    undo: str | None = None
    """A run's id; an empty string means the last one that wrote something."""
    cleanup: bool = False
    managed: bool = False
    """Whether to write, too, what something else manages."""
    unfinished: str = ""
    """`finish` or `undo`: what to do about a run that was killed on its way."""
    plan_out: str = ""
    apply: str = ""
    """A plan's file."""
    emit: str = ""
    list_fixes: bool = False
    explain: str = ""
    list: bool = False
    permissions: bool = False
    policy: str = ""
    """`karpenter`, `ack`, or the name of an operator's role."""
    release: str = ""
    """`--for`: the release of Karpenter, or the kinds of an ACK controller, to write the policy for."""
    diff: bool = False
    endpoints: bool = False
    checks: tuple[str, ...] = ()
    """Folders of the user's own checks."""
    lint_checks: bool = False
    schema: bool = False
    completion: str = ""
    """A shell that is to complete the command."""
    why: str | None = None
    """A message to explain; `-` reads it from standard input."""
    target: tuple[str, ...] = ()
    compare: str = ""
    """A snapshot's file."""
    rehearse: str = ""
    resume: str | None = None
    """A snapshot of before; an empty string: without one."""


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
    _agree(options)
    many.agree(options)
    planned.agree(options, looks=not _texts(options))
    gating.agree(options, looks=not _texts(options))
    filed.agree(options, looks=not _texts(options))
    changing.agree(options, looks=not _texts(options))
    declaring.agree(options)
    rehearsed.agree(options)
    return options


def _clusters(named: Sequence[str]) -> dict[str, object]:
    """The one; of several it is nowhere meant, and `clusters` has them."""
    once = tuple(dict.fromkeys(named))
    return {"clusters": once, "cluster": once[0] if len(once) == 1 else ""}


def _texts(options: Options) -> bool:
    """Whether a text is asked for instead of a look."""
    asked = (
        options.cleanup,
        options.list,
        options.permissions,
        bool(options.policy),
        options.endpoints,
        options.lint_checks,
        options.schema,
        bool(options.completion),
        bool(options.rehearse),
    )
    return bool(options.explain) or any(asked) or options.why is not None


def _agree(options: Options) -> None:
    if options.fix and _texts(options) and not options.permissions:
        raise UsageError(
            "--fix looks and writes, and what goes with it does neither", "ask for one of the two"
        )
    if options.restart and not options.fix:
        raise UsageError("--restart releases repairs, and nothing is to be mended", "add --fix")
    writes = options.fix or options.apply or options.cleanup or options.undo is not None
    for option, given in (("--dry-run", options.dry_run), ("--yes", options.yes)):
        if given and not writes:
            message = f"{option} says how to repair, and nothing is to be repaired"
            raise UsageError(message, f"add --fix, or leave {option} out")
    repairs = options.fix or options.apply
    if options.managed and not repairs:
        raise UsageError("--managed says what a repair may write, and none is made", "add --fix")
    if options.unfinished == "finish" and options.apply:
        raise UsageError("a plan from a file finishes no other run", "finish it first: keystone-check --fix")
    if options.unfinished and not repairs:
        raise UsageError(
            "--unfinished says what a repair does about an earlier one", "add --fix, or undo it: --undo RUN"
        )
    if (options.release or options.diff) and not options.policy:
        raise UsageError("--for and --diff belong to --policy", "add --policy karpenter, or leave them out")
    if options.fix and options.undo is not None:
        raise UsageError("--fix writes and --undo takes back", "ask for one of the two")
    looks = not (options.fix or options.apply or options.list_fixes or options.undo is not None)
    for option, file in (("--output", options.output), ("--events", options.events)):
        if file and (_texts(options) or options.compare or not looks):
            raise UsageError(f"{option} goes with a look, and none is asked for", f"leave {option} out")
    if options.why is not None and options.format not in ("text", "json"):
        raise UsageError(f"--why has no --format {options.format}", "it has text and json")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message, _HELP)


class _Answer(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        raise Answered(parser.format_help() if self.dest == "help" else f"keystone-check {__version__}\n")


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
    _mending(parser)
    planned.arguments(parser)
    gating.arguments(parser, _seconds)
    filed.arguments(parser)
    changing.arguments(parser)
    rehearsed.arguments(parser)
    _reporting(parser)
    _asking(parser)
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


def _mending(parser: argparse.ArgumentParser) -> None:
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


def _asking(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("instead of a look")
    group.add_argument(
        "--for",
        dest="release",
        metavar="RELEASE",
        default="",
        help="with --policy: as another release or kinds ask: karpenter=1.14, ack-ec2=VPC,Subnet",
    )
    group.add_argument(
        "--diff", action="store_true", help="with --policy: what is missing (+), and what is too much (-)"
    )
    add = group.add_mutually_exclusive_group().add_argument
    add("--explain", metavar="ID", default="", help="print the page of a check")
    add(
        "--why",
        metavar="TEXT",
        help="say what an error message or log line means, and with --cluster or --context "
        "which of its causes hold there; - reads it from standard input",
    )
    add("--list", action="store_true", help="list the checks")
    add(
        "--cleanup",
        action="store_true",
        help="remove what a killed run left: what carries our label and an end that is over, nothing else",
    )
    add(
        "--permissions",
        action="store_true",
        help="print the least Kubernetes role and IAM policy that the checks need, with --fix the repair too",
    )
    add(
        "--policy",
        metavar="WHOM",
        default="",
        help="print the least IAM policies for the karpenter or ack that runs, or for one role of theirs",
    )
    add("--endpoints", action="store_true", help="print the addresses that a run contacts")
    add("--lint-checks", action="store_true", help="say what the checks, yours too, lack of the contract")
    add("--schema", action="store_true", help="print the JSON Schema of --format json")
    add("--completion", choices=SHELLS, default="", help="print what the shell reads to complete the command")
    add("-h", "--help", action=_Answer, nargs=0, default=argparse.SUPPRESS, help="print this and end")
    add("--version", action=_Answer, nargs=0, default=argparse.SUPPRESS, help="print the version and end")


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
