"""JSON read as strictly as a judge must: every repeated name is noticed, nothing exotic passes."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import NoReturn

MOST_DEPTH = 64
"""Objects and lists within each other. No document of the chain has ten; who walks one may recurse."""


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
        value = json.loads(text, object_pairs_hook=_members, parse_constant=_refuse, parse_float=_finite)
    except json.JSONDecodeError as error:
        return NotJson(f"{error.msg} at line {error.lineno}, column {error.colno}")
    except RecursionError:
        return NotJson("it is nested too deeply")
    except ValueError as error:
        # A number of thousands of digits, or NaN and Infinity, which JSON does not know.
        return NotJson(str(error))
    return _unsound(text, value) or value


def repeated(value: object) -> Iterator[tuple[str, str]]:
    """Every repeated name with the place of the object that repeats it."""
    waiting: list[tuple[str, object]] = [("", value)]
    while waiting:
        place, one = waiting.pop()
        inner: list[tuple[str, object]] = []
        if isinstance(one, Members):
            yield from ((place, name) for name in one.twice)
            inner = [(f"{place}.{name}" if place else name, each) for name, each in one.items()]
        elif isinstance(one, list):
            inner = [(f"{place}[{number}]", each) for number, each in enumerate(one)]
        waiting.extend(pair for pair in reversed(inner) if isinstance(pair[1], dict | list))


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


def _unsound(text: str, value: object) -> NotJson | None:
    """What Python's parser lets through and no other program has to understand."""
    if text.count("[") + text.count("{") > MOST_DEPTH and _depth(value) > MOST_DEPTH:
        return NotJson(f"it is nested deeper than {MOST_DEPTH} levels")
    if "\\u" in text or not text.isascii():
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            return NotJson("it holds one half of a surrogate pair, which is no character (RFC 7493)")
    return None


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level and depth <= MOST_DEPTH:
        containers = [one for one in level if isinstance(one, dict | list)]
        level = [each for one in containers for each in (one.values() if isinstance(one, dict) else one)]
        depth += bool(containers)
    return depth


def _members(pairs: list[tuple[str, object]]) -> Members:
    members = Members(pairs)
    if len(members) < len(pairs):
        times = Counter(map(itemgetter(0), pairs))
        members.twice = tuple(name for name in members if times[name] > 1)
    return members


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number is too large")
    return number


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
