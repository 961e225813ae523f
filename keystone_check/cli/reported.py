"""Where a look's report goes: standard output or a file, and into the log of a run of GitHub Actions."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from keystone_check.bucket_address import is_bucket
from keystone_check.cli.options import Options
from keystone_check.cli.terminal import Terminal
from keystone_check.cli.whole import whole
from keystone_check.reports import render
from keystone_check.reports.fleet.values import Fleet
from keystone_check.reports.report import Report

READ_BY_PEOPLE = ("text", "short", "markdown")
"""Formats beside which the log of a job may have annotations too."""


@contextmanager
def reported(
    options: Options, terminal: Terminal, file: Callable[[bytes], None]
) -> Iterator[Callable[[Report | Fleet], None]]:
    """A function that hands the report over; a file that cannot be written is refused before the look.

    `file` puts it into a bucket, where one is named.
    """
    if not options.output:
        yield lambda report: _print(report, options, terminal)
        return
    with ExitStack() as stack:
        place = None if is_bucket(options.output) else stack.enter_context(whole(options.output))

        def write(report: Report | Fleet) -> None:
            text = render(report, options.format, terminal.filing()).encode("utf-8", "backslashreplace")
            if place:
                place.write(text)
            else:
                file(text)
            _annotate(report, terminal)

        yield write


def _print(report: Report | Fleet, options: Options, terminal: Terminal) -> None:
    terminal.stdout.write(render(report, options.format, terminal.screen()))
    if options.format in READ_BY_PEOPLE:
        _annotate(report, terminal)


def _annotate(report: Report | Fleet, terminal: Terminal) -> None:
    """In GitHub Actions (it sets GITHUB_ACTIONS) what is wrong is shown where the run is looked at."""
    if terminal.environ.get("GITHUB_ACTIONS") == "true":
        terminal.stdout.write(render(report, "github", terminal.filing()))
