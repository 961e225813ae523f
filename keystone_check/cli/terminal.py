"""The streams of one run: how wide, with colour or not, whether somebody is there to answer."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TextIO

from keystone_check.reports.screen import Screen, plain
from keystone_check.reports.screen import coloured as painted

NARROWEST, USUAL = 20, 80


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where a run writes to and asks."""

    stdout: TextIO
    stderr: TextIO
    stdin: TextIO | None
    environ: Mapping[str, str]
    color: bool | None = None
    """What the command line says; None leaves it to NO_COLOR and the stream."""

    def screen(self) -> Screen:
        """What a report for stdout is laid out for."""
        return self._screen(coloured=self._has_colour(self.stdout))

    def filing(self) -> Screen:
        """What a report for a file is laid out for: colour only where the command line says so."""
        return self._screen(coloured=bool(self.color))

    def asking(self) -> Screen:
        """What a question on stderr is laid out for."""
        return self._screen(coloured=self._has_colour(self.stderr))

    def say(self, lines: Iterable[str]) -> None:
        """Write lines beside the report, to stderr."""
        self.stderr.write("".join(f"{line}\n" for line in lines))
        self.stderr.flush()

    def ask(self, question: str) -> str:
        """What is answered, without the line end; EOFError where nobody answers any more."""
        self.stderr.write(question)
        self.stderr.flush()
        answer = self.stdin.readline() if self.stdin else ""
        if not answer:
            raise EOFError
        return answer.strip()

    @property
    def answers(self) -> bool:
        """Whether a question would be seen and could be answered."""
        return self.stdin is not None and self.stdin.isatty() and self.stderr.isatty()

    @property
    def spoken(self) -> bool:
        """Whether a screen reader is to read it: ACCESSIBLE, as other programs ask for it too."""
        return self.environ.get("ACCESSIBLE", "").lower() not in ("", "0", "false", "no")

    def _screen(self, *, coloured: bool) -> Screen:
        return Screen(max(self._width(), NARROWEST), painted if coloured else plain, self.spoken)

    def _has_colour(self, stream: TextIO) -> bool:
        if self.color is not None:
            return self.color
        # https://no-color.org: set and not empty
        if self.environ.get("NO_COLOR") or self.environ.get("TERM") == "dumb" or self.spoken:
            return False
        return stream.isatty()

    def _width(self) -> int:
        columns = self.environ.get("COLUMNS", "")
        if columns.isdecimal() and int(columns) > 0:
            return int(columns)
        # a terminal that was never told its size says 0
        return (self.stdout.isatty() and os.get_terminal_size(self.stdout.fileno()).columns) or USUAL
