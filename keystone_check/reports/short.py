"""The report to paste into a chat: who, which versions, and only what is wrong, a line each."""

from collections.abc import Iterator

from keystone_check.model.finding import Status
from keystone_check.reports.printable import printable
from keystone_check.reports.report import Report, counts, retries, rows, sentence, unseen


def render(report: Report) -> str:
    """One line of header, one for each thing that is wrong, one to sum up."""
    return "".join(f"{printable(line)}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    said = " | ".join(f"{label} {value}" for label, value in rows(report.diagnosis.world))
    yield f"keystone-check {report.version} on {report.name} | {said}"
    for status, word in ((Status.CRASHED, "OUR BUG"), (Status.BROKEN, "BROKEN")):
        for outcome in report.diagnosis.having(status):
            yield f"{word} {outcome.check.link}/{outcome.check.id}: {sentence(outcome.finding)}"
    for message, permission, outcomes in unseen(report.diagnosis):
        checks = ",".join(dict.fromkeys(outcome.check.id for outcome in outcomes))
        yield f"UNSEEN {checks}: {message}{f' (needs {permission})' if permission else ''}"
    yield from (f"note: {note}" for note in retries(report.diagnosis.world))
    yield counts(report.diagnosis)
