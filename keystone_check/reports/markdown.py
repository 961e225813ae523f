"""The report for a pull request or a job's summary: tables first, each finding's details folded below."""

from collections.abc import Iterable, Iterator, Sequence

from keystone_check.model.chain import LINKS
from keystone_check.model.finding import Repair, Safety, Status
from keystone_check.model.outcome import Outcome
from keystone_check.reports.escape import block, code, prose
from keystone_check.reports.report import (
    Report,
    alike,
    counts,
    documentation,
    forgiven,
    idle_entries,
    lapse,
    lead,
    next_step,
    retries,
    rows,
    section,
    sentence,
    terms,
    unseen,
)
from keystone_check.reports.upgraded import now_and_then
from keystone_check.upgrading.foresee import Foreseen

MARKS = {
    Status.CRASHED: "❗",
    Status.BROKEN: "❌",
    Status.BLOCKED: "❓",
    Status.HOLDS: "✅",
    Status.NOT_APPLICABLE: "➖",
}
ACCEPTED = "🟡"
MOST_ROWS = 14_000
"""Bytes of one table, and below of all details: GitHub takes 65,536 characters in a comment, 1 MiB in a job's
summary (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands)."""
MOST_DETAILS = 14_000


def render(report: Report, after: Iterable[str] = ()) -> str:
    """The whole report; `after` are further lines before the sum."""
    return "\n".join((*_lines(report), *after, *_ending(report)))


def _lines(report: Report) -> Iterator[str]:
    yield f"## {_mark(report.diagnosis.outcomes)} keystone-check on {code(report.name)}"
    yield ""
    yield f"**{prose(_sentence(report))}**"
    yield ""
    yield from _table(
        ("", ""), [(prose(label), code(value)) for label, value in rows(report.diagnosis.world)]
    )
    if report.foreseen:
        yield from _foreseen(report.foreseen)
    yield from _chain(report)
    yield from _broken(report)
    yield from _accepted(report)
    yield from _unseen(report)
    for note in (*idle_entries(report.diagnosis), *retries(report.diagnosis.world)):
        yield f"> {prose(note)}"
        yield ""


def _sentence(report: Report) -> str:
    first = report.diagnosis.headline
    if first is not None:
        return lead(first)
    if crashed := report.diagnosis.having(Status.CRASHED):
        return f"The check {crashed[0].check.id} failed itself"
    if blocked := report.diagnosis.having(Status.BLOCKED):
        return f"Nothing is seen to be broken, but {len(blocked)} judgements could not be made"
    return "What is broken is accepted" if report.diagnosis.accepted else "Nothing is broken"


def _foreseen(found: Foreseen) -> Iterator[str]:
    """Now → then, and what lies between."""
    yield f"### Now → then: {prose(', '.join(map(str, found.moves)) or 'nothing moves')}"
    yield ""
    rows_ = [
        (code(check), _short(now), _short(then, prose(said, 400)))
        for check, now, then, said in now_and_then(found)
    ]
    yield from _table(("check", "now", "then"), rows_)
    if not rows_:
        yield "No check says anything else than now."
        yield ""
    told = [
        (f"[{prose(it.product)} {prose(it.release)}]({it.url})", prose("; ".join(it.notes) or "–", 600))
        for it in found.steps
    ]
    yield from _table(("on the way", "upgrade notes"), told)
    for caution in found.cautions:
        yield f"> {prose(caution)}"
        yield ""


def _short(status: Status | None, said: str = "") -> str:
    return "–" if status is None else f"{MARKS[status]} {said or status.value.replace('_', ' ')}"


def _chain(report: Report) -> Iterator[str]:
    titles = {link.id: link.title for link in LINKS}
    found = [(link, outcomes) for link, outcomes in report.diagnosis.links() if outcomes]
    lines = [(f"{_mark(outcomes)} {link}", prose(titles[link])) for link, outcomes in found]
    yield from _table(("link", ""), lines)


def _mark(outcomes: Sequence[Outcome]) -> str:
    present = {outcome.status for outcome in outcomes if not outcome.is_accepted}
    grave = next(
        (status for status in (Status.CRASHED, Status.BROKEN, Status.BLOCKED) if status in present), None
    )
    if grave is not None:
        return MARKS[grave]
    if any(outcome.is_accepted for outcome in outcomes):
        return ACCEPTED
    return MARKS[Status.HOLDS if Status.HOLDS in present else Status.NOT_APPLICABLE]


def _broken(report: Report) -> Iterator[str]:
    diagnosis = report.diagnosis
    shown = tuple(alike((*diagnosis.having(Status.CRASHED), *diagnosis.broken)))
    if not shown:
        return
    yield "### Broken"
    yield ""
    head = ("severity", "check", "what is wrong", "mend")
    yield from _table(head, [_row(outcome) for outcome, _ in shown])
    yield from _within(
        [tuple(_details(outcome, others)) for outcome, others in shown], MOST_DETAILS, "findings' details"
    )


def _row(outcome: Outcome) -> tuple[str, ...]:
    check = outcome.check
    address = documentation(check)
    named = f"[{code(check.id)}]({address})" if address else code(check.id)
    return (
        check.severity.value,
        named,
        prose(sentence(outcome.finding), 400),
        _mending(outcome.finding.repair),
    )


def _mending(repair: Repair | None) -> str:
    if repair is None:
        return ""
    how = {
        Safety.SAFE: "--fix",
        Safety.UNSAFE: "--fix=unsafe",
        Safety.RESTART: "--fix --restart",
        Safety.MANUAL: "",
    }[repair.safety]
    return code(how) if how else "by hand"


def _details(outcome: Outcome, others: Sequence[str]) -> Iterator[str]:
    finding, check = outcome.finding, outcome.check
    yield f"<details><summary>{prose(check.id)}: {prose(check.title)}</summary>"
    yield ""
    yield from _table(("", ""), [(label, code(value)) for label, value in _evidence(outcome, others)])
    if finding.repair:
        yield f"Repair: {prose(finding.repair.title)} ({prose(finding.repair.reason)})"
        yield ""
        if finding.repair.steps:
            yield from block("\n".join(finding.repair.steps))
            yield ""
    yield from ("How to fix it:", "", section(check, "How to fix"), "", "</details>", "")


def _evidence(outcome: Outcome, others: Sequence[str]) -> Iterator[tuple[str, str]]:
    finding = outcome.finding
    yield "message", finding.message
    yield "subject", finding.subject or "–"
    if others:
        yield "likewise", ", ".join(others)
    if finding.evidence:
        yield "expected", finding.evidence.expected
        yield "seen", finding.evidence.seen
        yield "read from", finding.evidence.source
    if over := lapse(outcome):
        yield "accepted", over
    if outcome.check.origin:
        yield "yours", outcome.check.origin
    yield "page", f"keystone-check --explain {outcome.check.id}"


def _accepted(report: Report) -> Iterator[str]:
    if report.diagnosis.accepted:
        yield f"### {ACCEPTED} Accepted"
        yield ""
        yield from _table(
            ("check", "finding", "accepted"),
            [
                (
                    code(outcome.check.id),
                    prose(sentence(outcome.finding), 400),
                    prose(terms(outcome.acceptance)),
                )
                for outcome in report.diagnosis.accepted
                if outcome.acceptance
            ],
        )


def _unseen(report: Report) -> Iterator[str]:
    reasons = [
        (
            prose(message, 400),
            code(permission) if permission else "",
            ", ".join(code(id) for id in dict.fromkeys(outcome.check.id for outcome in outcomes)),
        )
        for message, permission, outcomes in unseen(report.diagnosis)
    ]
    if reasons:
        yield "### Could not be seen"
        yield ""
        yield from _table(("reason", "needs", "unjudged"), reasons)


def _ending(report: Report) -> Iterator[str]:
    left = forgiven(report)
    yield f"{counts(report.diagnosis)}{f'; {prose(left)}' if left else ''}."
    if step := next_step(report):
        yield ""
        yield f"Next: {code(step)}"
    yield ""
    yield f"<sub>keystone-check {prose(report.version)}</sub>"
    yield ""


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> Iterator[str]:
    if lines:
        yield f"| {' | '.join(head)} |"
        yield f"|{'---|' * len(head)}"
        yield from _within([(f"| {' | '.join(cells)} |",) for cells in lines], MOST_ROWS, "rows")
        yield ""


def _within(blocks: Sequence[Sequence[str]], most: int, what: str) -> Iterator[str]:
    """As many of the blocks, from the first, as fit into so many bytes; of the others the number."""
    size = 0
    for number, block_ in enumerate(blocks):
        size += sum(len(line.encode("utf-8", "replace")) + 1 for line in block_)
        if size > most:
            yield ""
            yield f"> {len(blocks) - number} further {what} are left out here: a text report has them."
            yield ""
            return
        yield from block_
