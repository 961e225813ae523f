"""JSON read as strictly as a judge must: every repeated name is noticed, nothing exotic passes."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn


@dataclass(frozen=True, slots=True)
class NotJson:
    """Why a text is not JSON. Never holds a part of the text, which may be a secret."""

    because: str


class Members(dict[str, object]):
    """An object as it was written: `twice` lists the names that stand in it more than once."""

    twice: tuple[str, ...] = ()


def read(text: str) -> object:
    """The value, its objects as `Members`, or `NotJson`."""
    try:
        return json.loads(text, object_pairs_hook=_members, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        return NotJson(f"{error.msg} at line {error.lineno}, column {error.colno}")
    except RecursionError:
        return NotJson("it is nested too deeply")
    except ValueError as error:
        # A number of thousands of digits, or NaN and Infinity, which JSON does not know.
        return NotJson(str(error))


def repeated(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every repeated name with the place of the object that repeats it."""
    if isinstance(value, Members):
        for name in value.twice:
            yield place, name
        for name, inner in value.items():
            yield from repeated(inner, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from repeated(inner, f"{place}[{number}]")


def kind(value: object) -> str:
    """What a JSON value is, in a reader's words."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "a list" if value else "an empty list"
        case dict():
            return "an object" if value else "an empty object"
        case _:
            return type(value).__name__


def looks_like(text: str) -> str:
    """What a text that should be a JSON object seems to be."""
    start = text.lstrip("\ufeff \t\r\n")[:2000]
    if not start:
        return "it is empty"
    if re.match(r"<(!doctype\s+html|html)", start, re.IGNORECASE):
        return "it is an HTML page"
    if error := re.search(r"<Error>\s*<Code>([A-Za-z]{1,60})</Code>", start):
        return f"it is S3's error {error[1]}"
    if start.startswith("<"):
        return "it is XML or HTML"
    value = read(text)
    return f"it is not JSON: {value.because}" if isinstance(value, NotJson) else f"it is {kind(value)}"


def _members(pairs: list[tuple[str, object]]) -> Members:
    members = Members(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        members.twice = tuple(name for name in members if names.count(name) > 1)
    return members


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
