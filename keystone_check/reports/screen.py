"""Where text goes: how wide it is and whether it has colour. Lines break between words, never within one."""

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from keystone_check.reports.printable import printable

Paint = Callable[[str, str], str]
"""(style, text) to the text as it is written."""

READABLE = 100
"""Longer lines of prose are tiring; values may be longer."""


def plain(style: str, text: str) -> str:
    """No colour."""
    return text


def coloured(style: str, text: str) -> str:
    """ANSI colour, by rich's names of styles."""
    from rich.color import ColorSystem  # who wants no colour does not load rich
    from rich.style import Style

    return Style.parse(style).render(text, color_system=ColorSystem.STANDARD) if style else text


@dataclass(frozen=True, slots=True)
class Screen:
    """A place to write to."""

    width: int = 80
    paint: Paint = plain

    def words(self, text: str, indent: str = "", style: str = "", hang: str = "") -> Iterator[str]:
        """Prose, broken between words; lines after the first are indented by `hang` more."""
        lines = self._broken(printable(text), len(indent) + len(hang))
        for number, line in enumerate(lines):
            yield f"{indent}{hang if number else ''}{self.paint(style, line)}"

    def marked(self, mark: str, text: str, style: str = "") -> Iterator[str]:
        """Prose behind a mark of one character; its lines stand under each other."""
        lines = self.words(text, indent="  ")
        yield f"{self.paint(style, mark)} {next(lines).removeprefix('  ')}"
        yield from lines

    def pair(
        self, label: str, value: str, indent: str = "", style: str = "", column: int = 10
    ) -> Iterator[str]:
        """A label and its value beside it, in a column; a word that is too long has a line of its own."""
        lead = f"{indent}{self.paint('dim', label)}{' ' * (column - len(label))}"
        lines = self._broken(_shown(value), len(indent) + column)
        yield f"{lead}{self.paint(style, lines[0])}"
        for line in lines[1:]:
            yield f"{indent}{' ' * column}{self.paint(style, line)}"

    def _broken(self, text: str, taken: int) -> list[str]:
        room = max(min(self.width, READABLE) - taken, 20)
        if len(text) <= room:
            return [text]
        return textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [text]


def _shown(value: str) -> str:
    """A space at either end cannot be seen without quotes, and neither can an empty value."""
    text = printable(value)
    return text if text and text == text.strip() else f'"{text}"'
