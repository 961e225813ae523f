"""The report for a run of GitHub Actions: workflow commands, which become annotations of the run.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands. GitHub shows
ten errors, ten warnings and ten notices of a step: what is alike is one of them, and the gravest come first.
"""

from collections.abc import Iterable, Iterator

from keystone_check.model.finding import Severity, Status
from keystone_check.model.outcome import Outcome
from keystone_check.reports.printable import printable
from keystone_check.reports.report import (
    Report,
    alike,
    counts,
    idle_entries,
    lapse,
    next_step,
    sentence,
    terms,
    unseen,
)

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
}
LONGEST = 1000
"""Characters of a line."""


def render(report: Report) -> str:
    """A command a line."""
    return "".join(f"{line}\n" for line in _lines(report))


def several(reports: Iterable[Report], gaps: Iterable[tuple[str, str, str]], counts: str) -> str:
    """The commands of several clusters, and an error for each (name, gap, hint) that could not be seen."""
    found = [
        _command("error", name, "could not be seen", *filter(None, (gap, hint))) for name, gap, hint in gaps
    ]
    said = "".join(map(render, reports))
    return "".join(f"{line}\n" for line in found) + said + f"{printable(counts)}.\n"


def _lines(report: Report) -> Iterator[str]:
    diagnosis = report.diagnosis
    for outcome in diagnosis.having(Status.CRASHED):
        said = f"the check itself failed: {outcome.finding.message}"
        yield _command("error", report.name, outcome.check.id, said)
    broken = sorted(alike(diagnosis.broken), key=lambda found: [*Severity].index(found[0].check.severity))
    for outcome, others in broken:
        yield _command(LEVELS[outcome.check.severity], report.name, outcome.check.id, *_said(outcome, others))
    for message, permission, _ in unseen(diagnosis):
        needs = f"; it needs {permission}" if permission else ""
        yield _command("error", report.name, "could not be seen", f"{message}{needs}")
    for outcome in diagnosis.accepted:
        if outcome.acceptance:
            said = f"accepted {terms(outcome.acceptance)}: {sentence(outcome.finding)}"
            yield _command("notice", report.name, outcome.check.id, said)
    for note in idle_entries(diagnosis):
        yield _command("notice", report.name, "accepted findings", note)
    step = next_step(report)
    yield printable(f"{counts(diagnosis)}.{f' next: {step}' if step else ''}")


def _said(outcome: Outcome, others: tuple[str, ...]) -> Iterator[str]:
    yield sentence(outcome.finding)
    if evidence := outcome.finding.evidence:
        yield f"expected: {evidence.expected}"
        yield f"seen: {evidence.seen}"
    if over := lapse(outcome):
        yield f"accepted {over}"
    if others:
        yield f"the same: {', '.join(others)}"


def _command(level: str, cluster: str, title: str, *lines: str) -> str:
    """A command of these lines; in what comes from outside nothing ends a line or the command."""
    message = "%0A".join(_data(line) for line in lines)
    name = _data(f"keystone-check on {cluster}: {title}").replace(":", "%3A").replace(",", "%2C")
    return f"::{level} title={name}::{message}"


def _data(text: str) -> str:
    shown = printable(text)
    shown = shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
    return shown.replace("%", "%25")
