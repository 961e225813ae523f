"""Where a look's report goes: standard output or a file, and into the log of a run of GitHub Actions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from keystone_check.cli.arguments import Options
from keystone_check.cli.terminal import Terminal
from keystone_check.cli.whole import whole
from keystone_check.reports import annotations, render
from keystone_check.reports.report import Report

READ_BY_PEOPLE = ("text", "short", "markdown")
"""Formats beside which the log of a job may have annotations too."""


@contextmanager
def reported(options: Options, terminal: Terminal) -> Iterator[Callable[[Report], None]]:
    """A function that hands the report over; a file that cannot be written is refused before the look."""
    if not options.output:
        yield lambda report: _print(report, options, terminal)
        return
    with whole(options.output) as place:

        def write(report: Report) -> None:
            text = render(report, options.format, terminal.filing())
            place.write(text.encode("utf-8", "backslashreplace"))
            _annotate(report, terminal)

        yield write


def _print(report: Report, options: Options, terminal: Terminal) -> None:
    terminal.stdout.write(render(report, options.format, terminal.screen()))
    if options.format in READ_BY_PEOPLE:
        _annotate(report, terminal)


def _annotate(report: Report, terminal: Terminal) -> None:
    """In GitHub Actions (it sets GITHUB_ACTIONS) what is wrong is shown where the run is looked at."""
    if terminal.environ.get("GITHUB_ACTIONS") == "true":
        terminal.stdout.write(annotations.render(report))
