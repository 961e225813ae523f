"""Values from outside in Markdown: as they are, and nothing more. No markup, no link, no mention, no HTML."""

import re
from collections.abc import Iterator

from keystone_check.reports.printable import printable

LONGEST = 2000
"""A pull request's comment holds 65,536 characters, and one name must not take them all."""
_MARKUP = re.compile(
    r"[\\`*_{}\[\]<>#|~&@$]|:(?=//|[\w+-]+:)|^[-+=>]|(?<=\d)[.)](?=\s)|www(?=\.)", re.IGNORECASE
)


def prose(text: str, longest: int = LONGEST) -> str:
    """Text that flows. What Markdown, HTML or GitHub would read as more than a character is its reference."""
    return _MARKUP.sub(lambda found: "".join(f"&#{ord(char)};" for char in found[0]), _short(text, longest))


def code(text: str, longest: int = LONGEST) -> str:
    """A value, letter by letter, also within a table."""
    shown = _short(text, longest) or " "
    # In a table a bar ends the cell even within backticks; at either end, backticks swallow a space.
    if "|" in shown or "`" in shown or shown != shown.strip():
        return f"<code>{prose(shown, longest)}</code>"
    return f"`{shown}`"


def block(text: str) -> Iterator[str]:
    """Lines to copy, in a fence longer than any that they hold."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    yield fence
    yield from (printable(line) for line in text.splitlines())
    yield fence


def _short(text: str, longest: int) -> str:
    shown = printable(text)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"
