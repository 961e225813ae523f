"""The report for a terminal: quiet when all holds, and otherwise the first broken link first."""

from collections.abc import Iterable, Iterator, Sequence

from keystone_check.model.chain import OPTIONAL
from keystone_check.model.finding import Status
from keystone_check.model.outcome import Diagnosis, Outcome
from keystone_check.reports.findings import accepted, findings
from keystone_check.reports.marks import ACCEPTED, MARKS, WORDS
from keystone_check.reports.noted import noted
from keystone_check.reports.printable import printable
from keystone_check.reports.report import (
    Report,
    counts,
    forgiven,
    idle_entries,
    lead,
    next_step,
    retries,
    rows,
    unseen,
)
from keystone_check.reports.screen import Screen
from keystone_check.reports.upgraded import as_if, on_the_way


def render(report: Report, screen: Screen) -> str:
    """The whole report, ending with a newline."""
    return "\n".join((*header(report, screen), "", *judgement(report, screen), *_ending(report, screen), ""))


def header(report: Report, screen: Screen) -> Iterator[str]:
    """Who asks, whom, with which version."""
    yield from screen.words(f"keystone-check {report.version} on {report.name}", style="bold", hang="  ")
    for label, value in rows(report.diagnosis.world):
        yield from screen.pair(label, value, "  ", column=12)
    if report.foreseen:
        yield from as_if(report.foreseen, screen)


def judgement(report: Report, screen: Screen) -> Iterator[str]:
    """What was found, without who asked and what to do next."""
    diagnosis = report.diagnosis
    yield from headline(diagnosis, screen)
    yield from _map(diagnosis, screen)
    yield from findings(report, screen)
    yield from accepted(diagnosis, screen)
    yield from _unseen(report, screen)
    yield from _idle(diagnosis, screen)
    if report.foreseen:
        yield from on_the_way(report.foreseen, screen)
    for line in noted(diagnosis):
        yield from screen.words(line, style="dim", hang="  ")
    for note in (*idle_entries(diagnosis), *retries(diagnosis.world)):
        yield from screen.words(f"note: {note}", style="dim")


def headline(diagnosis: Diagnosis, screen: Screen, lead: str = "") -> Iterator[str]:
    """The one sentence: the first broken link and its defect, or how it stands otherwise."""
    sentence, style = _sentence(diagnosis)
    yield from screen.words(lead + sentence, style=style, hang="  ")


def headline_of(diagnosis: Diagnosis) -> str:
    """That sentence alone."""
    return _sentence(diagnosis)[0]


def _sentence(diagnosis: Diagnosis) -> tuple[str, str]:
    worst = diagnosis.headline
    if worst is not None:
        return lead(worst), "bold red"
    if crashed := diagnosis.having(Status.CRASHED):
        whose = "yours" if crashed[0].check.origin else "ours"
        return f"A check of {whose} failed: {crashed[0].check.id}. See below.", "bold magenta"
    if blocked := diagnosis.having(Status.BLOCKED):
        return f"Nothing is seen to be broken, but {_judgements(blocked)} could not be made.", "yellow"
    if known := diagnosis.accepted:
        return f"What is broken is accepted: {_judgements(known)}. All else holds.", "yellow"
    if not (held := diagnosis.having(Status.HOLDS)):
        return "There was nothing to judge.", "yellow"
    checks = len({outcome.check.id for outcome in held})
    made = f"{_judgements(held)} by {checks} check{'s' * (checks > 1)}"
    idle = [link for link, outcomes in diagnosis.links() if _idles(outcomes)]
    if not OPTIONAL.issuperset(idle):
        return f"What is there holds: {made}. Nothing to judge at {', '.join(idle)}.", "yellow"
    elsewhere = f" Nothing to judge at {', '.join(idle)}." if idle else ""
    return f"Every link holds: {made}.{elsewhere}", "bold green"


def _idles(outcomes: Sequence[Outcome]) -> bool:
    """Whether a link was asked for and had nothing to judge."""
    return bool(outcomes) and _worst(outcomes) is Status.NOT_APPLICABLE


def _judgements(outcomes: Sequence[Outcome]) -> str:
    return "1 judgement" if len(outcomes) == 1 else f"{len(outcomes)} judgements"


def _map(diagnosis: Diagnosis, screen: Screen) -> Iterator[str]:
    """The chain at one glance, broken between links when the screen is narrow."""
    marks = [(link, *_mark(outcomes)) for link, outcomes in diagnosis.links() if outcomes]
    if screen.spoken:
        yield from (f"{link}: {WORDS[mark]}" for link, mark, _ in marks)
        return
    line, length = "", 0
    for number, (link, mark, style) in enumerate(marks):
        joint = " → " if number else ""
        size = len(joint) + len(link) + 2
        if length and length + size + len(" →") > screen.width:
            yield line + joint.rstrip()
            line, length, joint = "  ", 2, ""
        line += f"{joint}{link} {screen.paint(style, mark)}"
        length += size
    if line:
        yield line


def _mark(outcomes: Sequence[Outcome]) -> tuple[str, str]:
    standing = [outcome for outcome in outcomes if not outcome.is_accepted]
    worst = _worst(standing) if standing else Status.HOLDS
    fine = worst in (Status.HOLDS, Status.NOT_APPLICABLE)
    return ACCEPTED if fine and len(standing) < len(outcomes) else MARKS[worst]


def _worst(outcomes: Iterable[Outcome]) -> Status:
    present = {outcome.status for outcome in outcomes}
    return next(status for status in MARKS if status in present)


def _unseen(report: Report, screen: Screen) -> Iterator[str]:
    mark, style = MARKS[Status.BLOCKED]
    reasons = tuple(unseen(report.diagnosis))
    if reasons:
        yield ""
        yield screen.paint("bold", "Could not be seen")
    for message, permission, outcomes in reasons:
        yield from screen.marked(mark, message, style, WORDS[mark])
        if permission:
            yield from screen.pair("needs", permission, "    ")
        checks = dict.fromkeys(outcome.check.id for outcome in outcomes)
        yield from screen.pair("unjudged", ", ".join(checks), "    ")
    printing = f"{report.again} --permissions"
    if any(permission for _, permission, _ in reasons) and next_step(report) != printing:
        yield from screen.words(f"{printing} prints all rights that a look needs", indent="  ", style="dim")


def _idle(diagnosis: Diagnosis, screen: Screen) -> Iterator[str]:
    """Links with nothing to judge: quiet, but never silent, for a wrong namespace looks like this."""
    for link, outcomes in diagnosis.links():
        if _idles(outcomes) and link not in OPTIONAL:
            reasons = dict.fromkeys(outcome.finding.message for outcome in outcomes)
            yield from screen.words(f"{link}: nothing to judge: {'; '.join(reasons)}", style="dim", hang="  ")


def _ending(report: Report, screen: Screen) -> Iterator[str]:
    step = next_step(report)
    if not report.diagnosis.headline and not report.diagnosis.accepted and not step:
        return
    yield ""
    yield from screen.words(f"{counts(report.diagnosis)}.".capitalize(), style="bold")
    if left := forgiven(report):
        yield from screen.words(f"{left}.", style="dim")
    if step:
        yield f"next: {screen.paint('bold', printable(step))}"
