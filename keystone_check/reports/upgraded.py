"""What every format says of an upgrade beside the diagnosis: the moves, the steps, and now against then."""

from collections.abc import Iterator, Mapping

from keystone_check.model.finding import Status
from keystone_check.model.outcome import Diagnosis, Outcome
from keystone_check.reports.screen import Screen
from keystone_check.reports.shapes import AboutObject, ForeseenObject
from keystone_check.upgrading.foresee import Foreseen

Row = tuple[str, Status | None, Status | None, str]
"""A check with its subject, its status now and then (None: it said nothing), and what it says then."""


def now_and_then(found: Foreseen) -> Iterator[Row]:
    """What says something else, and what is broken both times."""
    now, then = _by_subject(found.now), _by_subject(found.then)
    for key in dict.fromkeys((*then, *now)):
        before, after = now.get(key), then.get(key)
        was, will = _status(before), _status(after)
        if was is not will or will is Status.BROKEN:
            check, subject = key
            told = after.finding.message if after and will in _TELLING else ""
            yield (f"{check}: {subject}" if subject else check), was, will, told


def _status(outcome: Outcome | None) -> Status | None:
    return None if outcome is None else outcome.status


_TELLING = (Status.BROKEN, Status.BLOCKED, Status.CRASHED)


def _by_subject(diagnosis: Diagnosis) -> Mapping[tuple[str, str], Outcome]:
    return {(one.check.id, one.finding.subject): one for one in reversed(diagnosis.outcomes)}


def as_if(found: Foreseen, screen: Screen) -> Iterator[str]:
    """Lines of a text report's header."""
    for number, move in enumerate(found.moves):
        yield from screen.pair("as if" if not number else "", str(move), "  ", "bold", column=12)


def on_the_way(found: Foreseen, screen: Screen) -> Iterator[str]:
    """Every release between, and what is to be minded."""
    if found.steps:
        yield ""
        yield screen.paint("bold", "On the way")
    for step in found.steps:
        notes = "; ".join(step.notes) or "nothing that is known here"
        said = " (breaking, by its own notes)" if step.breaking else ""
        yield from screen.words(f"{step.product} {step.release}{said}: {notes}", indent="  ", hang="  ")
    for url in dict.fromkeys(step.url for step in found.steps):
        yield f"  {screen.paint('dim', url)}"
    for caution in found.cautions:
        yield from screen.words(f"note: {caution}", hang="  ")


def as_data(found: Foreseen) -> ForeseenObject:
    """For machines."""
    return {
        "targets": [str(target) for target in found.targets],
        "moves": [
            {"product": it.product, "name": it.name, "was": str(it.was or ""), "then": str(it.then)}
            for it in found.moves
        ],
        "steps": [
            {
                "product": it.product,
                "release": it.release,
                "notes": list(it.notes),
                "breaking": it.breaking,
                "url": it.url,
            }
            for it in found.steps
        ],
        "cautions": list(found.cautions),
        "would_break": [_named(outcome) for outcome in found.opened],
        "broken_now": [_named(outcome) for outcome in found.now.broken],
    }


def _named(outcome: Outcome) -> AboutObject:
    return {"check": outcome.check.id, "subject": outcome.finding.subject}
