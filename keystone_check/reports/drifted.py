"""What changed since a snapshot, as text, JSON, Markdown or a page."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from keystone_check.drift.compare import Drift
from keystone_check.drift.shown import shown
from keystone_check.model.outcome import Outcome
from keystone_check.reports import as_json, page
from keystone_check.reports.escape import code, prose
from keystone_check.reports.marks import MARKS, WORDS
from keystone_check.reports.report import Report, sentence
from keystone_check.reports.screen import Screen

_MOST = 200
"""Lines of changes in Markdown; the text has all."""


def render(drift: Drift, report: Report, file: str, format: str, screen: Screen) -> str:
    """The comparison; `report` is of what is now, `file` what it is compared with."""
    match format:
        case "json":
            return as_json.dumps(_data(drift, report, file))
        case "markdown":
            return "".join(f"{line}\n" for line in _markdown(drift, report, file))
        case "html":
            return page.render(report, _section(drift, file))
    return "".join(f"{line}\n" for line in _text(drift, report, file, screen))


def _since(drift: Drift) -> str:
    taken = datetime.fromtimestamp(drift.was.world.now, UTC)
    return taken.strftime("%Y-%m-%d %H:%M UTC")


def _sections(drift: Drift) -> Iterator[tuple[str, str, Sequence[Outcome]]]:
    """Title, mark's style and outcomes of what is to be told."""
    yield "Opened", "opened", drift.opened
    yield "Closed", "closed", drift.closed
    yield "Can no longer be seen", "unseen", drift.unseen


def _sum(drift: Drift) -> str:
    if drift.nothing:
        return "Nothing changed."
    said = (
        (len(drift.changes), "fact changed", "facts changed"),
        (len(drift.opened), "finding opened", "findings opened"),
        (len(drift.closed), "finding closed", "findings closed"),
        (len(drift.unseen), "judgement can no longer be made", "judgements can no longer be made"),
    )
    return f"{', '.join(f'{n} {one if n == 1 else many}' for n, one, many in said if n)}."


def _text(drift: Drift, report: Report, file: str, screen: Screen) -> Iterator[str]:
    yield from screen.words(f"{report.name} since {_since(drift)} ({file})", style="bold")
    yield from screen.words(_sum(drift), style="bold red" if drift.opened else "bold")
    if drift.changes:
        yield ""
        yield screen.paint("bold", "Changed")
    for change in drift.changes:
        yield from screen.marked("•", change.said)
    for title, kind, outcomes in _sections(drift):
        if outcomes:
            yield ""
            yield screen.paint("bold", title)
        for outcome in outcomes:
            mark, style = ("✓", "green") if kind == "closed" else MARKS[outcome.status]
            yield from screen.marked(mark, sentence(outcome.finding), style, WORDS[mark])
            yield from screen.pair("check", f"{outcome.check.id} ({outcome.check.severity.value})", "    ")


def _markdown(drift: Drift, report: Report, file: str) -> Iterator[str]:
    yield f"## keystone-check on {code(report.name)} since {prose(_since(drift))}"
    yield ""
    yield f"**{prose(_sum(drift))}** Compared with {code(file)}."
    yield ""
    for title, _, outcomes in _sections(drift):
        if outcomes:
            yield f"### {title}"
            yield ""
            yield "| severity | check | |"
            yield "|---|---|---|"
        for one in outcomes[:_MOST]:
            told = prose(sentence(one.finding), 400)
            yield f"| {one.check.severity.value} | {code(one.check.id)} | {told} |"
        if outcomes:
            yield ""
    if drift.changes:
        yield "### Changed"
        yield ""
        yield from (f"- {prose(change.said, 400)}" for change in drift.changes[:_MOST])
        if len(drift.changes) > _MOST:
            yield f"- and {len(drift.changes) - _MOST} more: a text report has them"
        yield ""


def _section(drift: Drift, file: str) -> Iterator[str]:
    """Of the page of what is now."""
    yield f'<section aria-labelledby="changed"><h2 id="changed">Since {page.text(_since(drift))}</h2>'
    yield f"<p><strong>{_sum(drift)}</strong> Compared with {page.text(file)}.</p>"
    for title, kind, outcomes in _sections(drift):
        if outcomes:
            yield f'<h3>{title}</h3><ul class="{kind}">'
            yield from (f"<li>{page.text(f'{it.check.id}: {sentence(it.finding)}')}</li>" for it in outcomes)
            yield "</ul>"
    if drift.changes:
        yield "<h3>Changed</h3><ul>"
        yield from (f"<li>{page.text(change.said)}</li>" for change in drift.changes)
        yield "</ul>"
    yield "</section>"


def _data(drift: Drift, report: Report, file: str) -> dict[str, object]:
    return {
        "keystone_check": report.version,
        "name": report.name,
        "compared_with": file,
        "since": drift.was.world.now,
        "gathered_at": drift.now.world.now,
        "exit_code": drift.exit_code(report.gate.fails),
        "changes": [
            {
                "path": list(change.place.path),
                "said": change.said,
                "was": shown(change.place.was),
                "now": shown(change.place.now),
            }
            for change in drift.changes
        ],
        **{
            kind: [as_json.outcome(outcome, report) for outcome in outcomes]
            for _, kind, outcomes in _sections(drift)
        },
    }
