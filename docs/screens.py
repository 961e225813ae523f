"""python docs/screens.py: draw docs/screens/ from real runs, as a terminal shows them; a test compares.

The picture names no font of elsewhere: whoever looks at it loads nothing.
"""

import io
import re
import runpy
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

RECORDINGS = runpy.run_path(str(Path(__file__).with_name("recordings.py")))
FOLDER = Path(__file__).parent / "screens"
WIDTH = 80
SCREENS: Mapping[str, str] = {
    "broken": "keystone-check --cluster sandbox:trust-names-another-namespace",
    "why": 'keystone-check --why "Incorrect token audience" --cluster sandbox:audience-is-not-registered',
}
"""Name of the picture, and the command whose screen it is."""
_NIGHT = TerminalTheme(
    (22, 24, 29),
    (215, 218, 224),
    [
        (40, 44, 52),
        (240, 98, 106),
        (130, 200, 120),
        (229, 192, 100),
        (110, 170, 250),
        (200, 130, 230),
        (90, 190, 200),
        (215, 218, 224),
    ],
)
_FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, monospace; font-size: {char_height}px;
  line-height: {line_height}px; font-variant-east-asian: full-width; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def drawn(runner: Any) -> dict[str, str]:
    """File name and picture."""
    with RECORDINGS["Session"](runner) as session:
        return {f"{name}.svg": _drawn(name, line, session.coloured(line)) for name, line in SCREENS.items()}


def _drawn(name: str, line: str, printed: str) -> str:
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    console.print(Text(f"$ {line}"), Text.from_ansi(printed.rstrip()), sep="\n")
    title = shlex.split(line)[0]
    return console.export_svg(title=title, theme=_NIGHT, code_format=_FORMAT, unique_id=name)


def words(picture: str) -> list[str]:
    """What is written on it."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", picture)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with RECORDINGS["runner"]() as loaded:
        for file, picture in drawn(loaded).items():
            (FOLDER / file).write_text(picture, encoding="utf-8")
