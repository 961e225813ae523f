"""The options of a gate: what fails, what is accepted, how often it is looked and how long it is waited."""

import argparse
from collections.abc import Callable

from keystone_check.cli.given import given
from keystone_check.cli.options import Options
from keystone_check.errors import UsageError

FAIL_ON = ("critical", "high", "medium", "low", "fixable")
"""As `gate.FAIL_ON`, which --help does without; a test compares."""
WAITED, EVERY = 300.0, 5.0


def arguments(parser: argparse.ArgumentParser, seconds: Callable[[str], float]) -> None:
    """Add them."""
    add = parser.add_argument_group("what fails, and when").add_argument
    add(
        "--fail-on",
        choices=FAIL_ON,
        default="low",
        metavar="WHAT",
        help="fail for what is critical, high, medium or low (default) and worse, or for what is fixable",
    )
    add("--exit-zero", action="store_true", help="end with 0 although something is broken")
    add("--count", dest="rounds", metavar="N", type=_number, default=1, help="ask for N good rounds in a row")
    add(
        "--wait",
        metavar="S",
        nargs="?",
        type=seconds,
        const=WAITED,
        help=f"wait for a good round, at most S seconds ({WAITED:g}); ends early where waiting cannot help; "
        "with --fix: wait for what is to be done by hand, then mend the rest",
    )
    add("--every", metavar="S", type=seconds, help=f"seconds between two rounds ({EVERY:g})")
    add(
        "--accept",
        metavar="FILE",
        action="append",
        default=[],
        help="accepted findings of this file too, beside those of the configuration",
    )
    add("--accept-all", metavar="FILE", default="", help="accept what is broken now: add it to this file")
    add("--until", metavar="DATE", default="", help="with --accept-all: the last day, such as 2027-03-31")
    add("--reason", metavar="TEXT", default="", help="with --accept-all: why")


def agree(options: Options, *, looks: bool) -> None:
    """UsageError where they contradict one another; `looks`: whether a look is asked for at all."""
    rounds = tuple(given(options, "--count", "--wait", "--every"))
    writes = options.fix and not (options.dry_run or options.plan_out or options.emit)
    for option in (*rounds, *given(options, "--accept-all")):
        if writes and options.wait is not None and option in ("--wait", "--every"):
            continue  # for what is to be done by hand
        if options.fix:
            raise UsageError(
                f"{option} looks and --fix looks and writes", f"mend first, then look with {option}"
            )
        if not looks:
            raise UsageError(f"{option} goes with a look, and none is asked for", f"leave {option} out")
    if options.accept_all and rounds:
        raise UsageError(f"--accept-all does not go with {rounds[0]}", "accept first, then wait")
    if options.every is not None and options.rounds == 1 and options.wait is None:
        raise UsageError("--every says how often to look, and one look is asked for", "add --count or --wait")
    _accepting(options)


def _accepting(options: Options) -> None:
    said = {"--until": options.until, "--reason": options.reason.strip()}
    for option, value in said.items():
        if options.accept_all and not value:
            raise UsageError(f"--accept-all needs {option}", "what is accepted has a reason and a last day")
        if value and not options.accept_all:
            raise UsageError(f"{option} goes with --accept-all FILE", f"add it, or leave {option} out")


def _number(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of rounds from 1 to 1000")
    return int(text)
