"""Where text goes: how wide it is and whether it has colour. Lines break between words, never within one."""

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from keystone_check.reports.printable import cut

Paint = Callable[[str, str], str]
"""(style, text) to the text as it is written."""

READABLE = 100
"""Longer lines of prose are tiring; values may be longer."""
ROOM = 20
"""A value beside its label needs as many columns; where there are fewer it stands below."""


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
    spoken: bool = False
    """For a screen reader: words in place of signs, and nothing whose place on the screen means something."""

    def sign(self, mark: str, word: str) -> str:
        """A sign, or what it stands for."""
        return word if self.spoken else mark

    def words(self, text: str, indent: str = "", style: str = "", hang: str = "") -> Iterator[str]:
        """Prose, broken between words; lines after the first are indented by `hang` more."""
        said = cut(text.replace("→", "to") if self.spoken else text)
        lines = self._broken(said, len(indent) + len(hang))
        for number, line in enumerate(lines):
            yield f"{indent}{hang if number else ''}{self.paint(style, line)}"

    def marked(self, mark: str, text: str, style: str = "", word: str = "") -> Iterator[str]:
        """Prose behind a mark of one character, or a word when spoken; its lines stand under each other."""
        if self.spoken:
            yield from self.words(f"{word}: {text}" if word else text)
            return
        lines = self.words(text, indent="  ")
        yield f"{self.paint(style, mark)} {next(lines).removeprefix('  ')}"
        yield from lines

    def pair(
        self, label: str, value: str, indent: str = "", style: str = "", column: int = 10
    ) -> Iterator[str]:
        """A label and its value beside it, in a column; a word that is too long has a line of its own."""
        if self.spoken:
            yield from self.words(f"{label}: {_shown(value)}", style=style)
            return
        if self.width - len(indent) - column < ROOM:
            yield f"{indent}{self.paint('dim', label)}"
            yield from self.words(_shown(value), f"{indent}  ", style)
            return
        lead = f"{indent}{self.paint('dim', label)}{' ' * (column - len(label))}"
        lines = self._broken(_shown(value), len(indent) + column)
        yield f"{lead}{self.paint(style, lines[0])}"
        for line in lines[1:]:
            yield f"{indent}{' ' * column}{self.paint(style, line)}"

    def _broken(self, text: str, taken: int) -> list[str]:
        room = max(min(self.width, READABLE) - taken, 1)
        if len(text) <= room:
            return [text]
        return textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [text]


def _shown(value: str) -> str:
    """A space at either end cannot be seen without quotes, and neither can an empty value."""
    text = cut(value)
    return text if text and text == text.strip() else f'"{text}"'
