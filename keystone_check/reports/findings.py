"""What is broken in the text report, finding by finding: the defect, both values, what would mend it."""

from collections.abc import Iterator, Sequence

from keystone_check.model.chain import LINKS
from keystone_check.model.finding import Evidence, Repair, Safety, Status
from keystone_check.model.outcome import Diagnosis, Outcome
from keystone_check.reports.marks import ACCEPTED, MARKS, WORDS
from keystone_check.reports.parting import parting
from keystone_check.reports.printable import printable
from keystone_check.reports.report import Report, alike, lapse, mending, sentence, terms
from keystone_check.reports.screen import READABLE, ROOM, Screen

COLUMN = 14
"""Where values begin."""
_TOLD = (Status.BROKEN, Status.CRASHED)


def findings(report: Report, screen: Screen) -> Iterator[str]:
    """What is broken or failed itself, by link; the first broken link is the cause, as far as is known."""
    titles = {link.id: link.title for link in LINKS}
    diagnosis = report.diagnosis
    first = diagnosis.headline
    for link, outcomes in diagnosis.links():
        shown = [item for item in outcomes if item.status in _TOLD and not item.is_accepted]
        if not shown:
            continue
        after = (
            " (later in the chain: may follow from the first)" if first and first.check.link != link else ""
        )
        yield ""
        yield from screen.words(f"{link}: {titles[link]}{after}", style="bold", hang="  ")
        for outcome, others in alike(shown):
            yield from _finding(outcome, others, screen)
            yield from _next(outcome, report, screen)


def _finding(outcome: Outcome, others: Sequence[str], screen: Screen) -> Iterator[str]:
    finding, check = outcome.finding, outcome.check
    mark, style = MARKS[outcome.status]
    yield from screen.marked(mark, finding.message, style, WORDS[mark])
    yield from screen.pair("check", f"{check.id} ({check.severity.value})", "    ")
    if finding.subject:
        yield from screen.pair("subject", finding.subject, "    ")
    if others:
        yield from screen.pair("likewise", ", ".join(others), "    ")
    if over := lapse(outcome):
        yield from screen.pair("accepted", over, "    ", "yellow")
    if finding.evidence:
        yield from _evidence(finding.evidence, screen)
    if outcome.status is Status.CRASHED and check.origin:
        yield from screen.pair("yours", check.origin, "    ")
    elif outcome.status is Status.CRASHED:
        yield from screen.pair("report it", "to the project, with what --format json prints", "    ")
    elif finding.repair:
        yield from _repair(finding.repair, screen)


def _evidence(evidence: Evidence, screen: Screen) -> Iterator[str]:
    yield from screen.pair("expected", evidence.expected, "    ", "green")
    yield from screen.pair("seen", evidence.seen, "    ", "red")
    yield from _parting(evidence, screen)
    yield from screen.pair("read from", evidence.source, "    ")


def _parting(evidence: Evidence, screen: Screen) -> Iterator[str]:
    """Where two values that look alike part: by a sign below, or in words where they have several lines."""
    found = parting(evidence.expected, evidence.seen)
    if not found:
        return
    longest = max(ROOM, *(len(printable(value)) for value in (evidence.expected, evidence.seen)))
    plain = f"{found.expected}{found.seen}".isascii()
    if plain and not screen.spoken and longest <= min(screen.width, READABLE) - COLUMN:
        yield f"{' ' * (COLUMN + len(found.before))}{screen.paint('dim', '^ differs from here')}"
    else:
        yield from screen.pair("differs", found.said, "    ")


def _next(outcome: Outcome, report: Report, screen: Screen) -> Iterator[str]:
    """What to type for this one; unbroken, since a command is there to be copied."""
    line = mending(outcome, report)
    label = "mend" if line else "explain"
    line = line or f"keystone-check --explain {outcome.check.id}"
    if screen.spoken:
        yield f"{label}: {printable(line)}"
    else:
        yield f"    {screen.paint('dim', label)}{' ' * (10 - len(label))}{printable(line)}"


def _repair(repair: Repair, screen: Screen) -> Iterator[str]:
    words = f"{repair.title} ({repair.safety.value}: {repair.reason})"
    if repair.safety is Safety.MANUAL:
        yield from screen.pair("by hand", f"{repair.title} ({repair.reason})", "    ")
        for step in repair.steps:
            # verbatim, unbroken: these lines are there to be copied
            yield from (f"      {screen.paint('cyan', printable(line))}" for line in step.splitlines())
    elif repair.safety is Safety.UNSAFE:
        yield from screen.pair("repair", f"{words}; --fix=unsafe releases it", "    ")
    elif repair.safety is Safety.RESTART:
        yield from screen.pair("repair", f"{words}; --fix --restart releases it", "    ")
    else:
        yield from screen.pair("repair", words, "    ")


def accepted(diagnosis: Diagnosis, screen: Screen) -> Iterator[str]:
    """Each with its reason: what nobody is reminded of is accepted for ever."""
    if diagnosis.accepted:
        yield ""
        yield screen.paint("bold", "Accepted")
    for outcome, others in alike(diagnosis.accepted):
        yield from screen.marked(ACCEPTED[0], sentence(outcome.finding), ACCEPTED[1], "accepted")
        yield from screen.pair("check", f"{outcome.check.id} ({outcome.check.severity.value})", "    ")
        if others:
            yield from screen.pair("likewise", ", ".join(others), "    ")
        if outcome.acceptance:
            yield from screen.pair("accepted", terms(outcome.acceptance), "    ")
