"""Where two values that look alike part: one character of a long address, or one that only looks the same."""

import re
import unicodedata
from dataclasses import dataclass

from keystone_check.reports.printable import printable


@dataclass(frozen=True, slots=True)
class Parting:
    """The parts of two values that differ, between what they have in common."""

    before: str
    expected: str
    seen: str
    after: str
    opened: int = 0
    """Characters of `before` that are a quote around what was seen."""

    @property
    def said(self) -> str:
        """In words: `from character 17: "a" expected, "b" seen`."""
        both = f"{_named(self.expected)} expected, {_named(self.seen)} seen"
        return f"from character {len(self.before) - self.opened + 1}: {both}"


def parting(expected: str, seen: str) -> Parting | None:
    """Of the values as they are printed; None where they are the same, or have less than half in common."""
    one, other = printable(expected), printable(seen)
    quote = other[0] if _QUOTED.fullmatch(other) and not _QUOTED.fullmatch(one) else ""
    one = f"{quote}{one}{quote}"
    begin = _common(one, other)
    end = _common(one[begin:][::-1], other[begin:][::-1])
    if one == other or (begin + end) * 2 < max(len(one), len(other)):
        return None
    return Parting(
        one[:begin],
        one[begin : len(one) - end],
        other[begin : len(other) - end],
        one[len(one) - end :],
        len(quote),
    )


_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter)


def _named(part: str) -> str:
    """A part in quotes; a character that is not ASCII may look like another, and has its name."""
    if not part:
        return "nothing"
    shown = part if len(part) <= LONGEST else f"{part[: LONGEST - 1]}…"
    foreign = next((char for char in part if not char.isascii()), "")
    name = f" (U+{ord(foreign):04X} {unicodedata.name(foreign, 'without a name')})" if foreign else ""
    return f'"{shown}"{name}'


LONGEST = 40
"""Characters of a part that is put into words."""
