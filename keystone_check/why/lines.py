"""The lines of a text, put together again: which of its breaks somebody meant, and which only divide a word.

1. What stands before every line (a container's log, a quotation, a table) goes.
2. A break that begins something new is meant: before a blank line, a tab, or words such as "status code".
3. A break is only the screen's where the lines before it are all equally long, or behind a backslash.
4. Of any other nobody can tell.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_STREAM = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+\S* std(?:out|err) ([FP]) ")
_MARGIN = re.compile(r"^[ \t]*[>|][ \t]?")
_NEW = re.compile(
    r"\s*$|\t|\s*(?:(?i:status code|caused by|request ?id|because|with an explicit|goroutine)"
    r"|at \S+\(|\d{4}-\d\d-\d\d[T ]|[EWIF]\d{4} |[{\[#])"
)
WIDTH = 40
"""No screen is narrower."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A text without the breaks that may divide a word."""

    text: str
    doubtful: frozenset[int]
    """Where one stood of which nobody can tell."""

    def is_divided(self, begin: int, end: int) -> bool:
        """Whether a doubtful break lies within."""
        return any(begin < at < end for at in self.doubtful)


def joined(text: str) -> Joined:
    """It as one line for each that was meant."""
    lines = list(_bare(text.replace("\r\n", "\n").split("\n")))
    screen = _screen(line for line, _ in lines)
    said, doubtful = "", set[int]()
    for number, (line, _) in enumerate(lines):
        if number and said:
            before, before_goes_on = lines[number - 1]
            if before_goes_on or len(before) == screen:
                said += line
                continue
            if _is_meant(before, line):
                said += "\n"
            else:
                doubtful.add(len(said))
                line = line.lstrip()
        said += line
    return Joined(said, frozenset(doubtful))


def _bare(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Each without what stands before it, and whether it says itself that the next one goes on."""
    written = [line for line in lines if line.strip()]
    has_margin = len(written) > 1 and sum(bool(_MARGIN.match(line)) for line in written) >= len(written) - 1
    for line in lines:
        if stream := _STREAM.match(line):
            yield line[stream.end() :], stream[1] == "P"
        elif has_margin:
            yield _MARGIN.sub("", line), False
        elif line.endswith("\\"):
            yield line.removesuffix("\\").lstrip(), True
        else:
            yield line, False


def _screen(lines: Iterable[str]) -> int:
    """How wide the screen was: two lines at least end at the same column and none goes beyond it; else 0."""
    lengths = sorted(map(len, lines), reverse=True)
    return lengths[0] if len(lengths) > 2 and lengths[0] == lengths[1] >= WIDTH else 0


def _is_meant(before: str, line: str) -> bool:
    return not before.strip() or before[-1:].isspace() or bool(_NEW.match(line))
