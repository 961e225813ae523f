"""Patterns: `*` is any run of characters, `?` any one, everything else itself.

Each fixed piece is taken at its first place and never given back, so that no pattern makes the search
longer than text times pattern.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

Plain = Callable[[str], bool]
"""Whether a text matches."""

_STARS = re.compile(r"\*+")


@lru_cache(maxsize=8192)
def glob(pattern: str, ignore_case: bool = False) -> re.Pattern[str]:
    """The pattern as a regular expression."""
    return expression(tokens(pattern), ignore_case)


def wild(pattern: str) -> Plain:
    """A pattern made ready. An expression takes long to make, and only `?` needs one."""
    if "?" in pattern:
        return lambda text: glob(pattern).fullmatch(text) is not None
    fixed = pieces(pattern)
    return lambda text: in_turn(fixed, text)


def any_wild(patterns: Sequence[str]) -> Plain:
    """Several patterns made ready: whether one of them matches."""
    literals = frozenset(pattern for pattern in patterns if is_literal(pattern))
    starts = tuple(pattern.rstrip("*") for pattern in patterns if is_start(pattern))
    others = [wild(pattern) for pattern in patterns if not is_literal(pattern) and not is_start(pattern)]
    if others:
        return lambda text: (
            text in literals or text.startswith(starts) or any(matches(text) for matches in others)
        )
    if starts and literals:
        return lambda text: text.startswith(starts) or text in literals
    if starts:
        return lambda text: text.startswith(starts)
    return literals.__contains__


def is_literal(pattern: str) -> bool:
    """Whether nothing but the pattern itself matches it."""
    return "*" not in pattern and "?" not in pattern


def is_start(pattern: str) -> bool:
    """Whether exactly those texts match that start as the pattern does."""
    return pattern.endswith("*") and is_literal(pattern.rstrip("*"))


def pieces(pattern: str) -> list[str]:
    """What stands between the stars."""
    return _STARS.split(pattern)


def in_turn(fixed: Sequence[str], text: str) -> bool:
    """Whether the pieces stand in the text in turn, the first at its start and the last at its end."""
    first, last = fixed[0], fixed[-1]
    if len(fixed) == 1:
        return text == first
    place, end = len(first), len(text) - len(last)
    if place > end or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in fixed[1:-1]:
        place = text.find(piece, place, end)
        if place < 0:
            return False
        place += len(piece)
    return True


def tokens(pattern: str) -> list[str]:
    """Regular expressions of the pieces between stars, and `*` for each star."""
    found: list[str] = []
    for number, fixed in enumerate(pieces(pattern)):
        found += ["*"] * bool(number)
        found.append("".join("." if letter == "?" else re.escape(letter) for letter in fixed))
    return found


def expression(found: Sequence[str], ignore_case: bool = False) -> re.Pattern[str]:
    """One regular expression from tokens."""
    joined = [""]
    for token in found:
        if token == "*":
            joined.append("")
        else:
            joined[-1] += token
    middle = "".join(f"(?>.*?{piece})" for piece in joined[1:-1])
    source = joined[0] if len(joined) == 1 else f"{joined[0]}{middle}.*{joined[-1]}"
    return re.compile(source, re.DOTALL | (re.IGNORECASE if ignore_case else 0))
