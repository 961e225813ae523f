"""A rehearsal, for people, for a pull request and for machines."""

from collections.abc import Iterable, Iterator
from typing import Any

from keystone_check.rehearsal.fates import Toll
from keystone_check.rehearsal.lifetimes import spoken
from keystone_check.rehearsal.rehearsal import CAN_GO, NOT_YET, Rehearsal, Rehearsed, State
from keystone_check.rehearsal.step import Condition, Standing
from keystone_check.reports.escape import block, code, prose
from keystone_check.reports.printable import printable, veiled
from keystone_check.reports.screen import Screen

_MARKS = {Standing.MET: "✓", Standing.UNMET: "✗", Standing.UNSEEN: "?", Standing.LATER: "-"}
_STYLES = {Standing.MET: "green", Standing.UNMET: "red", Standing.UNSEEN: "yellow", Standing.LATER: ""}
_ORDERS = (
    ("early", "done first of all"),
    ("hasty", "done without waiting"),
    ("in_turn", "done in its turn"),
)
_MOST = 8
"""Accounts of one answer that are named to people."""


def as_text(rehearsal: Rehearsal, screen: Screen) -> str:
    """For people."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(rehearsal, screen))


def as_markdown(rehearsal: Rehearsal) -> str:
    """For a pull request."""
    return "\n".join(_marked(rehearsal)) + "\n"


def as_object(rehearsal: Rehearsal) -> dict[str, Any]:
    """For machines; every account is named."""
    return {
        "cluster": veiled(rehearsal.cluster),
        "rehearsal": veiled(rehearsal.title),
        "verdict": verdict(rehearsal),
        "longest_token": {"seconds": rehearsal.token.seconds, "whose": veiled(rehearsal.token.whose)},
        "longest_cache": {"seconds": rehearsal.cache.seconds, "whose": veiled(rehearsal.cache.whose)},
        "next": rehearsal.next.step.id if rehearsal.next else None,
        "steps": [_step(each) for each in rehearsal.steps],
        "notes": [veiled(note) for note in rehearsal.notes],
        "exit_code": rehearsal.exit_code,
    }


def verdict(rehearsal: Rehearsal) -> str:
    """In one sentence: whether it can go."""
    step = rehearsal.next
    if step is None:
        return "All steps are done." if rehearsal.steps else "There is nothing to do here."
    what = f"step {step.number}, {step.step.title}"
    match rehearsal.exit_code:
        case code if code == CAN_GO:
            return f"It can go: {what}."
        case code if code == NOT_YET:
            return f"Not yet: something must be true before {what}."
        case _:
            return f"It cannot be judged: not all is seen that must be true before {what}."


def _lines(rehearsal: Rehearsal, screen: Screen) -> Iterator[str]:
    yield from screen.words(f"{rehearsal.cluster}: rehearsal: {rehearsal.title}", style="bold")
    yield from screen.words(verdict(rehearsal))
    yield ""
    for name, life in (("token", rehearsal.token), ("cache", rehearsal.cache)):
        yield from screen.pair(f"longest {name}", f"{spoken(life.seconds)}: {life.whose}", column=15)
    for each in rehearsal.steps:
        yield ""
        yield from _told(each, len(rehearsal.steps), screen)
    yield ""
    for note in rehearsal.notes:
        yield from screen.marked("-", note)


def _told(each: Rehearsed, total: int, screen: Screen) -> Iterator[str]:
    step = each.step
    head = f"{each.number} of {total}, {each.state}: {step.title}"
    yield from screen.words(head, style="bold" if each.state is State.NEXT else "")
    if each.state is State.DONE:
        return
    if step.wait:
        yield from screen.words(
            f"wait {spoken(step.wait.seconds)} before it: {step.wait.why}", "  ", hang="  "
        )
    for condition in each.conditions:
        sign = screen.sign(_MARKS[condition.standing], f"{condition.standing.value}:")
        lead = screen.paint(_STYLES[condition.standing], sign)
        said = list(screen.words(_condition(condition), "    "))
        yield f"  {lead} {said[0].strip()}"
        yield from said[1:]
    for line in step.lines:
        yield from (f"    {printable(line)}",)
    yield from screen.words(f"stands still: {step.still}", "  ", hang="  ")
    yield from screen.words(f"to restart: {step.restarts}", "  ", hang="  ")
    for words, tolls in _costs(each):
        yield from screen.words(f"{words}: {_refusals(tolls)}", "  ", hang="  ")


def _condition(condition: Condition) -> str:
    told = f" ({condition.seen})" if condition.seen else ""
    return f"{condition.words}{told}"


def _costs(each: Rehearsed) -> Iterator[tuple[str, tuple[Toll, ...]]]:
    """The orders that cost something, and that the right one costs nothing."""
    for name, words in _ORDERS:
        tolls = getattr(each, name)
        if tolls or name == "in_turn":
            yield words, tolls


def _refusals(tolls: Iterable[Toll]) -> str:
    said = [_refusal(toll) for toll in tolls]
    return "; ".join(said) if said else "nobody is refused"


def _refusal(toll: Toll) -> str:
    if not toll.accounts:
        return f"{toll.whose}: the API server answers {toll.code}, {toll.message}, to every pod"
    shown = ", ".join(toll.accounts[:_MOST])
    more = f" and {len(toll.accounts) - _MOST} more" if len(toll.accounts) > _MOST else ""
    if not toll.code:
        return f"{toll.whose} of {shown}{more}: nobody can tell, {toll.message}"
    likely = "likely " if toll.inferred else ""
    return f"{toll.whose} of {shown}{more} get {likely}{toll.code}: {toll.message}"


def _marked(rehearsal: Rehearsal) -> Iterator[str]:
    yield f"## Rehearsal on {code(rehearsal.cluster)}: {prose(rehearsal.title)}"
    yield ""
    yield f"**{prose(verdict(rehearsal))}**"
    yield ""
    for name, life in (("token", rehearsal.token), ("cache", rehearsal.cache)):
        yield f"- longest {name}: {spoken(life.seconds)}, {prose(life.whose)}"
    for each in rehearsal.steps:
        yield ""
        yield f"### {each.number}. {prose(each.step.title)} ({each.state})"
        yield ""
        if each.state is not State.DONE:
            yield from _marked_step(each)
    yield ""
    yield from (f"> {prose(note)}\n>" for note in rehearsal.notes)


def _marked_step(each: Rehearsed) -> Iterator[str]:
    step = each.step
    if step.wait:
        yield f"- wait {spoken(step.wait.seconds)}: {prose(step.wait.why)}"
    for condition in each.conditions:
        yield f"- {condition.standing}: {prose(_condition(condition))}"
    yield f"- stands still: {prose(step.still)}"
    yield f"- to restart: {prose(step.restarts)}"
    yield from (f"- {words}: {prose(_refusals(tolls))}" for words, tolls in _costs(each))
    if step.lines:
        yield ""
        yield from block("\n".join(step.lines))


def _step(each: Rehearsed) -> dict[str, Any]:
    step = each.step
    wait = {"seconds": step.wait.seconds, "why": veiled(step.wait.why)} if step.wait else None
    return {
        "id": step.id,
        "title": veiled(step.title),
        "state": each.state.value,
        "wait": wait,
        "conditions": [
            {"what": it.words, "standing": it.standing.value, "seen": veiled(it.seen)}
            for it in each.conditions
        ],
        "do": [veiled(line) for line in step.lines],
        "stands_still": step.still,
        "restart": step.restarts,
        **{name: [_toll(toll) for toll in getattr(each, name)] for name, _ in _ORDERS},
    }


def _toll(toll: Toll) -> dict[str, Any]:
    return {
        "whose": toll.whose,
        "code": toll.code,
        "message": veiled(toll.message),
        "inferred": toll.inferred,
        "accounts": [veiled(name) for name in toll.accounts],
    }
