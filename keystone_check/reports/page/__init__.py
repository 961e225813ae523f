"""The report to open in a browser: one file, no outside requests, usable by keyboard and screen reader.

Everything that comes from outside is escaped text; nothing of it becomes markup, an address or a script. The
content security policy lets no request out and runs our one script alone, by its digest.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files

from keystone_check.model.chain import LINKS
from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Status
from keystone_check.model.outcome import Check, Outcome
from keystone_check.reports.page.picture import picture
from keystone_check.reports.page.standing import WORDS, standing
from keystone_check.reports.parting import parting
from keystone_check.reports.printable import printable
from keystone_check.reports.report import (
    Report,
    alike,
    counts,
    documentation,
    idle_entries,
    lapse,
    mending,
    next_step,
    retries,
    rows,
    section,
    sentence,
    terms,
    unseen,
)
from keystone_check.reports.text import headline_of

LONGEST = 4000
"""Characters of one value."""


def render(report: Report, first: Iterable[str] = ()) -> str:
    """The whole document; `first` is a section that comes before the findings."""
    return "\n".join(_document(report, first)) + "\n"


def text(value: str) -> str:
    """A value from outside as escaped text on one line."""
    shown = printable(value)
    return escape(shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…")


def _asset(name: str) -> str:
    return files("keystone_check.reports.page").joinpath(name).read_text("utf-8")


def _document(report: Report, first: Iterable[str]) -> Iterator[str]:
    yield from frame(f"keystone-check on {report.name}", _body(report, first))


def frame(title: str, body: Iterable[str]) -> Iterator[str]:
    """The document around a body that has an element `findings`."""
    script = _asset("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield f"<title>{text(title)}</title>"
    yield f"<style>{_asset('page.css')}</style></head><body>"
    yield '<a class="skip" href="#findings">to the findings</a>'
    yield from body
    yield f"<script>{script}</script></body></html>"


def _body(report: Report, first: Iterable[str]) -> Iterator[str]:
    yield from _head(report)
    yield '<main id="findings">'
    yield from first
    yield from _broken(report)
    yield from _unseen(report)
    yield from _accepted(report)
    yield from _links(report)
    yield from _bindings(report)
    yield "</main>"
    yield f"<footer><p>{text(counts(report.diagnosis))}. keystone-check {text(report.version)}</p></footer>"


def _head(report: Report) -> Iterator[str]:
    yield f"<header><h1>keystone-check on {text(report.name)}</h1>"
    yield f'<p class="headline {report.verdict.word}">{text(headline_of(report.diagnosis))}</p>'
    yield picture(report.diagnosis)
    if step := next_step(report):
        yield f"<p>next: {_command(step)}</p>"
    yield "<dl>"
    for label, value in rows(report.diagnosis.world):
        yield f"<div><dt>{text(label)}</dt><dd>{text(value)}</dd></div>"
    yield "</dl>"
    for note in (*idle_entries(report.diagnosis), *retries(report.diagnosis.world)):
        yield f'<p class="note">{text(note)}</p>'
    yield "</header>"


def _command(line: str) -> str:
    """A line to copy; the button needs the script, the line does not."""
    shown = text(line)
    return f'<span class="copy"><code>{shown}</code><button type="button" hidden>copy</button></span>'


def _broken(report: Report) -> Iterator[str]:
    articles = tuple(wrong(report))
    if articles:
        yield '<section aria-labelledby="broken"><h2 id="broken">Broken</h2>'
        yield from articles
        yield "</section>"


def wrong(report: Report) -> Iterator[str]:
    """An article for each kind of thing that is broken."""
    for outcome, others in alike((*report.diagnosis.having(Status.CRASHED), *report.diagnosis.broken)):
        yield from _finding(outcome, others, report)


def _finding(outcome: Outcome, others: Sequence[str], report: Report) -> Iterator[str]:
    finding, check = outcome.finding, outcome.check
    yield f'<article class="finding {outcome.status.value}" data-link="{text(check.link)}">'
    yield f"<h3>{text(sentence(finding))}</h3><dl>"
    yield _pair("check", f"{check.id} ({check.severity.value}, link {check.link})")
    if others:
        yield _pair("likewise", ", ".join(others))
    if over := lapse(outcome):
        yield _pair("accepted", over)
    if finding.evidence:
        yield from _values(finding.evidence)
        yield _pair("read from", finding.evidence.source)
    yield "</dl>"
    if finding.repair:
        yield from _repair(finding.repair)
    if step := mending(outcome, report):
        yield f"<p>mend: {_command(step)}</p>"
    yield from _page(check)
    yield "</article>"


def _values(evidence: Evidence) -> Iterator[str]:
    """Both values; where they look alike, what differs is marked and said in words."""
    found = parting(evidence.expected, evidence.seen)
    if not found or max(len(evidence.expected), len(evidence.seen)) > LONGEST:
        yield _pair("expected", evidence.expected, "expected")
        yield _pair("seen", evidence.seen, "seen")
        return
    for kind, part in (("expected", found.expected), ("seen", found.seen)):
        marked = f"<mark>{text(part)}</mark>" if part else ""
        shown = f"{text(found.before)}{marked}{text(found.after)}"
        yield f'<div><dt>{kind}</dt><dd class="{kind}">{shown}</dd></div>'
    yield _pair("differs", found.said)


def _pair(label: str, value: str, kind: str = "") -> str:
    marked = f' class="{kind}"' if kind else ""
    return f"<div><dt>{label}</dt><dd{marked}>{text(value)}</dd></div>"


def _repair(repair: Repair) -> Iterator[str]:
    by_hand = repair.safety is Safety.MANUAL
    how = "by hand" if by_hand else repair.safety.value
    yield f"<p><strong>repair</strong> ({how}): {text(repair.title)}; {text(repair.reason)}</p>"
    for step in repair.steps if by_hand else ():
        for line in step.splitlines():
            yield f"<div>{_command(line)}</div>"


def _page(check: Check) -> Iterator[str]:
    yield f"<details><summary>{text(check.title)}</summary>"
    for title in ("Why it matters", "How to fix"):
        if told := section(check, title):
            yield f"<h4>{title}</h4>"
            yield from (f"<p>{text(part)}</p>" for part in told.split("\n\n"))
    if address := documentation(check):
        yield f"<p>{_command(address)}</p>"
    yield f"<p>{_command(f'keystone-check --explain {check.id}')}</p></details>"


def _unseen(report: Report) -> Iterator[str]:
    articles = tuple(unjudged(report))
    if articles:
        yield '<section aria-labelledby="unseen"><h2 id="unseen">Could not be seen</h2>'
        yield from articles
        yield "</section>"


def unjudged(report: Report) -> Iterator[str]:
    """An article for each reason why something could not be seen."""
    for message, permission, outcomes in unseen(report.diagnosis):
        yield f'<article class="finding blocked"><h3>{text(message)}</h3><dl>'
        if permission:
            yield _pair("needs", permission)
        yield _pair("unjudged", ", ".join(dict.fromkeys(item.check.id for item in outcomes)))
        yield "</dl></article>"


def _accepted(report: Report) -> Iterator[str]:
    if not report.diagnosis.accepted:
        return
    yield '<section aria-labelledby="accepted"><h2 id="accepted">Broken, and accepted</h2>'
    for outcome in report.diagnosis.accepted:
        if outcome.acceptance:
            yield f'<article class="finding accepted"><h3>{text(sentence(outcome.finding))}</h3><dl>'
            yield _pair("check", outcome.check.id)
            yield _pair("accepted", terms(outcome.acceptance))
            yield "</dl></article>"
    yield "</section>"


def _links(report: Report) -> Iterator[str]:
    """Every judgement, by link; folded, for most of it holds."""
    titles = {link.id: link.title for link in LINKS}
    yield '<section aria-labelledby="links"><h2 id="links">Every link</h2>'
    for link, outcomes in report.diagnosis.links():
        if not outcomes:
            continue
        state = standing(outcomes)
        summary = f"{text(link)}: {text(titles[link])} ({WORDS[state]}, {len(outcomes)})"
        yield f'<details id="link-{text(link)}" class="link {state}"><summary>{summary}</summary>'
        yield '<table><thead><tr><th scope="col">state</th><th scope="col">check</th>'
        yield '<th scope="col">subject</th><th scope="col">said</th></tr></thead><tbody>'
        yield from (_judgement(outcome) for outcome in outcomes)
        yield "</tbody></table></details>"
    yield "</section>"


def _judgement(outcome: Outcome) -> str:
    finding: Finding = outcome.finding
    state = standing((outcome,))
    cells = (WORDS[state], outcome.check.id, finding.subject, finding.message)
    return f'<tr class="{state}">{"".join(f"<td>{text(cell)}</td>" for cell in cells)}</tr>'


def _bindings(report: Report) -> Iterator[str]:
    accounts = report.diagnosis.world.accounts
    if not isinstance(accounts, Subjects) or not accounts.entries:
        return
    about: dict[str, list[Outcome]] = {}
    for outcome in report.diagnosis.outcomes:
        about.setdefault(outcome.finding.subject.partition(" ")[0], []).append(outcome)
    yield '<section aria-labelledby="bindings"><h2 id="bindings">Bindings</h2>'
    yield '<p><label>search <input type="search" id="search" autocomplete="off"></label> '
    yield f'<output id="found" for="search">{len(accounts.entries)} of {len(accounts.entries)}</output></p>'
    yield '<table id="accounts"><thead><tr><th scope="col">service account</th><th scope="col">role</th>'
    yield '<th scope="col">state</th></tr></thead><tbody>'
    for name, account in accounts:
        yield _binding(name, account, about.get(name, []))
    yield "</tbody></table></section>"


def _binding(name: str, account: object, outcomes: Sequence[Outcome]) -> str:
    role = account.role_arn if isinstance(account, ServiceAccount) else "could not be seen"
    state = standing(outcomes)
    said = WORDS[state] if outcomes else "nothing is judged of it alone"
    return f'<tr class="{state}"><th scope="row">{text(name)}</th><td>{text(role)}</td><td>{said}</td></tr>'
