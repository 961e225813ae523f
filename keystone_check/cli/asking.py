"""The options that ask for a text, or for a broom, instead of a look."""

import argparse
from typing import NoReturn

from keystone_check import __version__
from keystone_check.cli.given import given
from keystone_check.cli.options import Options
from keystone_check.errors import UsageError

SHELLS = ("bash", "zsh", "fish")
TEXTS = (
    *("--explain", "--why", "--list", "--cleanup", "--permissions", "--policy", "--endpoints"),
    *("--lint-checks", "--schema", "--completion", "--rehearse"),
)


class Answered(Exception):  # noqa: N818  # it is no error
    """The command line asked for nothing but a text of our own: help or the version."""


class _Answer(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        raise Answered(parser.format_help() if self.dest == "help" else f"keystone-check {__version__}\n")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add them."""
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


def texts(options: Options) -> bool:
    """Whether one of them is asked for."""
    return any(given(options, *TEXTS))


def agree(options: Options) -> None:
    """UsageError where they contradict one another or the rest."""
    if (options.release or options.diff) and not options.policy:
        raise UsageError("--for and --diff belong to --policy", "add --policy karpenter, or leave them out")
    if options.why is not None and options.format not in ("text", "json"):
        raise UsageError(f"--why has no --format {options.format}", "it has text and json")
