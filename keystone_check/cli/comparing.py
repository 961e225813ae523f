"""`--compare`: what changed since a snapshot."""

from collections.abc import Callable
from pathlib import Path

from keystone_check import snapshot
from keystone_check.cli.options import Options
from keystone_check.cli.terminal import Terminal
from keystone_check.drift.compare import compare
from keystone_check.model.outcome import Diagnosis
from keystone_check.model.world import World
from keystone_check.reports import drifted
from keystone_check.reports.report import Report

Judge = Callable[[World], Diagnosis]


def compared(
    options: Options,
    look: Callable[[], World],
    judge: Judge,
    report: Callable[[Diagnosis], Report],
    terminal: Terminal,
) -> int:
    """Say it, and give the exit code. The file is read first: no look is lost to one that cannot be."""
    was = judge(snapshot.read(Path(options.compare)))
    now = report(judge(look()))
    drift = compare(was, now.diagnosis)
    terminal.stdout.write(drifted.render(drift, now, options.compare, options.format, terminal.screen()))
    return drift.exit_code(now.gate.fails)
