"""Many ARN patterns at once, as resources and the operators of ARNs have them."""

from collections.abc import Callable, Sequence

from keystone_check.iam.match import arn_patterns
from keystone_check.iam.wildcards import Plain, any_wild, is_literal, is_start, wild

ArnTest = Callable[[str, tuple[str, ...]], bool]
"""Takes an ARN and its six parts, none when the text is no ARN."""


def any_arn(patterns: Sequence[str]) -> ArnTest:
    """Whether an ARN matches one of several patterns without variables.

    1. `*` matches anything, a text that is no ARN as well.
    2. Most patterns are a whole ARN, or one up to a star at its end: the text tells as much as its parts.
    3. Others of one statement mostly begin alike, have nothing but stars up to the last part, and differ
       in that: the beginning is compared once.
    4. What is left is compared part by part.
    """
    if "*" in patterns:  # 1
        return lambda text, parts: True
    literals, starts, apart = set(), [], []
    tails: dict[str, list[str]] = {}
    for wanted in map(arn_patterns, patterns):
        beginning, last = _beginning(wanted), wanted[5]
        if beginning.count(":") == 5 and is_literal(last):
            literals.add(beginning + last)
        elif beginning.count(":") == 5 and is_start(last):
            starts.append(beginning + last.rstrip("*"))
        elif beginning:
            tails.setdefault(beginning, []).append(last)
        else:
            apart.append(wanted)
    others = [_tail(beginning, any_wild(ends)) for beginning, ends in tails.items()]
    return _any(frozenset(literals), tuple(starts), [*others, *map(_by_parts, apart)])


def _beginning(wanted: Sequence[str]) -> str:
    """What is fixed when nothing but stars stand between it and the last part; else nothing."""
    end = 5
    while wanted[end - 1] == "*" and end > 1:
        end -= 1
    fixed = ":".join(wanted[:end])
    return f"{fixed}:" if wanted[0] == "arn" and is_literal(fixed) else ""


def _any(literals: frozenset[str], starts: tuple[str, ...], others: Sequence[ArnTest]) -> ArnTest:
    if not others:
        return lambda text, parts: text.startswith(starts) or text in literals  # 2
    if len(others) == 1 and not literals and not starts:
        return others[0]

    def test(text: str, parts: tuple[str, ...]) -> bool:
        if text in literals or text.startswith(starts):  # 2
            return True
        for other in others:  # noqa: SIM110 - half the time of any() with a generator
            if other(text, parts):  # 3, 4
                return True
        return False

    return test


def _tail(beginning: str, tail: Plain) -> ArnTest:
    return lambda text, parts: text.startswith(beginning) and len(parts) == 6 and tail(parts[5])


def _by_parts(wanted: Sequence[str]) -> ArnTest:
    tests = [wild(part) for part in wanted]
    return lambda text, parts: (
        len(parts) == 6 and all(test(part) for test, part in zip(tests, parts, strict=True))
    )
