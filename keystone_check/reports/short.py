"""The report to paste into a chat: who, which versions, and only what is wrong, a line each."""

from collections.abc import Iterator

from keystone_check.model.finding import Status
from keystone_check.model.outcome import Outcome
from keystone_check.reports.printable import cut
from keystone_check.reports.report import (
    Report,
    counts,
    forgiven,
    idle_entries,
    lapse,
    retries,
    rows,
    sentence,
    terms,
    unseen,
)


def render(report: Report) -> str:
    """One line of header, one for each thing that is wrong, one to sum up."""
    return "".join(f"{cut(line)}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    said = " | ".join(f"{label} {value}" for label, value in rows(report.diagnosis.world))
    yield f"keystone-check {report.version} on {report.name} | {said}"
    for outcome in report.diagnosis.having(Status.CRASHED):
        yield f"{'YOUR' if outcome.check.origin else 'OUR'} BUG {_said(outcome)}"
    for outcome in report.diagnosis.broken:
        yield f"BROKEN {_said(outcome)}{f' (accepted {over})' if (over := lapse(outcome)) else ''}"
    for outcome in report.diagnosis.accepted:
        if outcome.acceptance:
            yield f"ACCEPTED {_said(outcome)} ({terms(outcome.acceptance)})"
    for message, permission, outcomes in unseen(report.diagnosis):
        checks = ",".join(dict.fromkeys(outcome.check.id for outcome in outcomes))
        yield f"UNSEEN {checks}: {message}{f' (needs {permission})' if permission else ''}"
    for note in (*idle_entries(report.diagnosis), *retries(report.diagnosis.world)):
        yield f"note: {note}"
    left = forgiven(report)
    yield f"{counts(report.diagnosis)}{f'; {left}' if left else ''}"


def _said(outcome: Outcome) -> str:
    return f"{outcome.check.link}/{outcome.check.id}: {sentence(outcome.finding)}"
