"""The answer to `--why`, for people and for machines."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from keystone_check.reports.printable import veiled
from keystone_check.reports.screen import Screen
from keystone_check.why.answer import Answer, Judged, State
from keystone_check.why.messages import Cause, Message
from keystone_check.why.values import Values

_HEADINGS = (
    (State.HOLDS, "Holds here", "✗", "red"),
    (State.UNSEEN, "Could not be seen", "?", "yellow"),
    (State.UNJUDGED, "Nothing here can tell", "-", ""),
    (State.EXCLUDED, "Excluded here", "✓", "green"),
)


def as_text(answer: Answer, screen: Screen) -> str:
    """For people."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(answer, screen))


def as_object(answer: Answer) -> dict[str, Any]:
    """For machines; nothing of the text itself but the values that it names."""
    return {
        "messages": [_message(message) for message in answer.messages],
        "values": _values(answer.values),
        "nearest": [_message(message) for message in answer.near],
        "cluster": answer.cluster or None,
        "notes": [veiled(note) for note in answer.notes],
        "causes": [_judged(each) for each in answer.judged] or [_cause(each) for each in answer.causes],
        "exit_code": answer.exit_code,
    }


def _lines(answer: Answer, screen: Screen) -> Iterator[str]:
    if not answer.messages:
        yield from _unknown(answer, screen)
        return
    first, *others = answer.messages
    for judged in answer.having(State.HOLDS)[:1]:
        yield from screen.words(f"{answer.cluster}: {judged.cause.what}", style="bold")
    yield from _told(first, screen)
    for message in others:
        yield from screen.words(f"also: {message.texts[0]} ({message.who}): {message.meaning}", "  ")
    yield from _named(answer, screen)
    yield ""
    if answer.cluster:
        yield from _found(answer, screen)
    else:
        yield from _listed(answer.causes, screen)


def _unknown(answer: Answer, screen: Screen) -> Iterator[str]:
    yield from screen.words("Not recognised: no known message is in this text.")
    if answer.near:
        yield from screen.words("The nearest known ones:")
    for message in answer.near:
        yield from screen.marked("-", f"{message.texts[0]} ({message.who}): {message.meaning}")
    yield from screen.words("next: keystone-check, which looks at the whole chain")


def _told(message: Message, screen: Screen) -> Iterator[str]:
    yield from screen.words(message.meaning, style="bold")
    yield from screen.words(message.texts[0], "  ")
    who = f"{message.who}, {message.code}" if message.code else message.who
    yield from screen.words(f"{who}; {message.certainty}", "  ")
    for source in message.sources:
        yield f"  {source}"


def _named(answer: Answer, screen: Screen) -> Iterator[str]:
    for name, value in asdict(answer.values).items():
        if value and isinstance(value, str):
            yield from screen.pair(name, value, "  ")
    for note in answer.notes:
        yield from screen.words(note, "  ")


def _listed(causes: tuple[Cause, ...], screen: Screen) -> Iterator[str]:
    yield from screen.words("What can be behind it, in this order:")
    for cause in causes:
        yield from screen.marked("-", cause.what)
        yield from screen.words(f"find out: {cause.how}", "    ", hang="  ")
        if cause.checks:
            yield from screen.words(f"checks: {', '.join(cause.checks)}", "    ", hang="  ")
    yield from screen.words("next: keystone-check --cluster NAME --why TEXT, which says what holds there")


def _found(answer: Answer, screen: Screen) -> Iterator[str]:
    for state, heading, mark, style in _HEADINGS:
        if found := answer.having(state):
            yield from screen.words(f"{heading} ({answer.cluster}):")
            for each in found:
                yield from _one(each, mark, style, screen)
    yield from screen.words(f"next: {_next(answer)}")


def _one(judged: Judged, mark: str, style: str, screen: Screen) -> Iterator[str]:
    yield from screen.marked(mark, judged.cause.what, style)
    if judged.state in (State.HOLDS, State.UNSEEN):
        for outcome in judged.outcomes:
            about = f"{outcome.finding.subject}: " if outcome.finding.subject else ""
            text = f"{about}{outcome.finding.message} [{outcome.check.id}]"
            yield from screen.words(text, "    ", hang="  ")
    elif judged.state is State.UNJUDGED:
        yield from screen.words(f"find out: {judged.cause.how}", "    ", hang="  ")


def _next(answer: Answer) -> str:
    if holding := answer.having(State.HOLDS):
        return f"keystone-check --explain {holding[0].outcomes[0].check.id}"
    return f"keystone-check --cluster {answer.cluster}, which looks at the whole chain"


def _message(message: Message) -> dict[str, Any]:
    names = ("id", "who", "code", "meaning", "certainty")
    return {"text": message.texts[0], "sources": list(message.sources)} | {
        name: getattr(message, name) for name in names
    }


def _values(values: Values) -> dict[str, Any]:
    named = {name: value for name, value in asdict(values).items() if value}
    return {name: veiled(value) if isinstance(value, str) else list(value) for name, value in named.items()}


def _cause(cause: Cause) -> dict[str, Any]:
    return {"id": cause.id, "what": cause.what, "checks": list(cause.checks), "find_out": cause.how}


def _judged(judged: Judged) -> dict[str, Any]:
    found = [
        {
            "check": each.check.id,
            "subject": veiled(each.finding.subject),
            "message": veiled(each.finding.message),
        }
        for each in judged.outcomes
    ]
    return {**_cause(judged.cause), "state": judged.state.value, "findings": found}
