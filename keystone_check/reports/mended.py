"""What a repair did, or would do, and what is so now: in the same formats as a report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from keystone_check.model.finding import Safety
from keystone_check.model.outcome import Outcome
from keystone_check.remedy import describe
from keystone_check.remedy.mend import Mended
from keystone_check.remedy.plan import Step
from keystone_check.reports import as_json, held, markdown, sarif, short, text
from keystone_check.reports.escape import prose
from keystone_check.reports.printable import printable
from keystone_check.reports.report import Report, next_step
from keystone_check.reports.screen import Screen
from keystone_check.reports.shapes import MendingObject, StateWord


class State(Enum):
    """What became of a step."""

    PLANNED = "would be written"
    WRITTEN = "written"
    DECLINED = "declined"
    FAILED = "not written"
    SKIPPED = "not tried after the failure"
    REFUSED = "refused"


MARKS = {
    State.PLANNED: ("+", "cyan"),
    State.WRITTEN: ("✓", "bold green"),
    State.DECLINED: ("–", "dim"),
    State.FAILED: ("✗", "bold red"),
    State.SKIPPED: ("–", "dim"),
    State.REFUSED: ("✗", "yellow"),
}
WORDS: dict[State, StateWord] = {
    State.PLANNED: "planned",
    State.WRITTEN: "written",
    State.DECLINED: "declined",
    State.FAILED: "failed",
    State.SKIPPED: "skipped",
    State.REFUSED: "refused",
}
"""As the JSON report writes them."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A repair and both looks around it."""

    before: Report
    after: Report
    """When rehearsed: what would be."""
    mended: Mended
    rehearsed: bool
    option: str = "--fix"
    """As it was given: `--fix=unsafe` released more, `--undo RUN` took back."""
    note: str = ""
    """Why nothing was written, when that was not asked for."""

    @property
    def now(self) -> Report:
        """The truth as it is: a rehearsal changes none of it."""
        return self.before if self.rehearsed else self.after


def render(repaired: Repaired, format: str, screen: Screen) -> str:
    """The repair in the format of this name."""
    match format:
        case "json":
            return as_json.render(repaired.now, _object(repaired))
        case "short":
            return short.render(repaired.now) + "".join(f"{printable(line)}\n" for line in _short(repaired))
        case "markdown":
            return markdown.render(repaired.now, _markdown(repaired))
        case "sarif":
            return sarif.render(repaired.now)
        case "text":
            return "\n".join((*_text(repaired, screen), ""))
        case _:
            raise ValueError(f"there is no format {format!r}")


def steps(repaired: Repaired) -> Iterator[tuple[State, Step, str]]:
    """Every step with what became of it and, where something stood against it, what."""
    mended = repaired.mended
    for step in mended.applied:
        yield State.PLANNED if repaired.rehearsed else State.WRITTEN, step, ""
    for failure in mended.failures:
        hint = f"; next: {failure.error.hint}" if failure.error.hint else ""
        yield State.FAILED, failure.step, failure.error.message + hint
    for step in mended.skipped:
        yield State.SKIPPED, step, ""
    for refused in mended.refused:
        yield State.REFUSED, refused.step, refused.why
    for step in mended.declined:
        yield State.DECLINED, step, ""


def question(step: Step, screen: Screen) -> Iterator[str]:
    """A step as it is asked for: what would be written, what for, and the difference it makes."""
    yield from screen.words(describe.title(step.change), style="bold", hang="  ")
    yield from _about(step, screen)


def _about(step: Step, screen: Screen) -> Iterator[str]:
    yield from screen.pair("mends", ", ".join(step.mends), "    ")
    yield from screen.pair("class", f"{step.repair.safety.value}: {step.repair.reason}", "    ")
    for line in describe.diff(step.change):
        style = {"+": "green", "-": "red", "@": "dim"}.get(line[:1], "")
        yield f"    {screen.paint(style, printable(line))}"


def _text(repaired: Repaired, screen: Screen) -> Iterator[str]:
    yield from text.header(repaired.before, screen)
    yield ""
    if repaired.rehearsed:
        yield from text.judgement(repaired.before, screen)
    else:
        yield from text.headline(repaired.before.diagnosis, screen, "Before: ")
    yield from _steps(repaired, screen)
    yield from held.lines(repaired.mended.held_back, repaired.now.again, screen)
    yield from _restart(repaired.mended.restart, screen)
    yield ""
    if not repaired.rehearsed:
        yield from text.judgement(repaired.after, screen)
    elif repaired.mended.applied:
        yield from screen.words("The report would then be", style="bold")
        yield from text.judgement(repaired.after, screen)
    yield from _last(repaired, screen)


def _steps(repaired: Repaired, screen: Screen) -> Iterator[str]:
    for state, step, why in steps(repaired):
        mark, style = MARKS[state]
        yield ""
        yield from screen.marked(mark, f"{state.value}: {describe.title(step.change)}", style)
        if why:
            yield from screen.pair("because", why, "    ")
        if state is not State.WRITTEN:
            yield from _about(step, screen)


def _restart(outdated: Sequence[Outcome], screen: Screen) -> Iterator[str]:
    """Each workload whose pods keep what they had, with the lines that make them anew."""
    if outdated:
        yield ""
        told = "Then restart these pods: they keep what they were given at their start"
        yield from screen.words(told, style="bold", hang="  ")
    for outcome in outdated:
        yield from screen.marked("-", f"{outcome.finding.subject} ({outcome.check.id})")
        for line in by_hand(outcome):
            yield from screen.pair("run", line, "    ")


def by_hand(outcome: Outcome) -> tuple[str, ...]:
    """The lines of its repair."""
    return outcome.finding.repair.steps if outcome.finding.repair else ()


def _last(repaired: Repaired, screen: Screen) -> Iterator[str]:
    yield ""
    yield from screen.words(_sum(repaired), style="bold")
    if step := _next(repaired):
        yield f"next: {screen.paint('bold', printable(step))}"


def _sum(repaired: Repaired) -> str:
    number = len(repaired.mended.applied)
    changes = "1 change" if number == 1 else f"{number} changes"
    if not number:
        return (
            f"{'Nothing to write' if repaired.rehearsed else 'Nothing was written'}{_why_nothing(repaired)}."
        )
    if not repaired.rehearsed:
        return f"{changes} written, then you quit." if repaired.mended.quit else f"{changes} written."
    return f"{changes} would be written; nothing was.{f' {repaired.note}' if repaired.note else ''}"


def _why_nothing(repaired: Repaired) -> str:
    if repaired.mended.quit:
        return ": you quit"
    if repaired.mended.held_back:
        return ": the repairs that there are, are held back"
    if any(True for _ in steps(repaired)):
        return ""
    broken = dict.fromkeys(outcome.check.id for outcome in repaired.now.diagnosis.broken)
    return f": no repair is known from here for {', '.join(broken)}" if broken else ": nothing is broken"


def _next(repaired: Repaired) -> str:
    if repaired.rehearsed and repaired.mended.applied:
        again = f"{repaired.now.again} {repaired.option}"
        return f"{again} --yes" if repaired.note else again
    if instead := held.instead(repaired.mended.held_back, repaired.now.again):
        return instead
    if any(item.repair.safety is Safety.UNSAFE for item in repaired.mended.held_back):
        return f"{repaired.now.again} --fix=unsafe --dry-run"
    if any(item.release == "--restart" for item in repaired.mended.held_back):
        return f"{repaired.now.again} --fix --restart --dry-run"
    if not repaired.rehearsed and (lines := [line for it in repaired.mended.restart for line in by_hand(it)]):
        return lines[0]
    step = next_step(repaired.now)
    return "" if repaired.rehearsed and "--fix" in step else step


def _short(repaired: Repaired) -> Iterator[str]:
    for state, step, why in steps(repaired):
        yield f"{state.value.upper()} {describe.title(step.change)}{f': {why}' if why else ''}"
    for item in repaired.mended.held_back:
        yield held.line(item)
    for outcome in repaired.mended.restart:
        yield f"THEN RESTART {outcome.finding.subject}: {'; '.join(by_hand(outcome))}"
    yield _sum(repaired)


def _markdown(repaired: Repaired) -> Iterator[str]:
    yield "### Repair"
    yield ""
    yield from (f"- {prose(line)}" for line in _short(repaired))
    yield ""


def _object(repaired: Repaired) -> MendingObject:
    return {
        "rehearsed": repaired.rehearsed,
        "note": repaired.note,
        "steps": [
            {
                "state": WORDS[state],
                "title": describe.title(step.change),
                "because": why,
                "mends": list(step.mends),
                "safety": step.repair.safety.value,
                "change": as_json.change(step.change),
            }
            for state, step, why in steps(repaired)
        ],
        "held_back": [held.as_object(item) for item in repaired.mended.held_back],
        "restart": [
            {"check": it.check.id, "subject": it.finding.subject, "steps": list(by_hand(it))}
            for it in repaired.mended.restart
        ],
        "before": as_json.as_object(repaired.before),
        "after": as_json.as_object(repaired.after),
    }
