"""The checks as people read about them: the list, and the page of one."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from keystone_check.model.chain import LINKS
from keystone_check.model.outcome import Check
from keystone_check.reports.printable import printable
from keystone_check.reports.screen import Screen


def listing(checks: Sequence[Check], sandbox: Mapping[str, int]) -> str:
    """Every check by link: id, severity, and the sentence that is true when it passes; then how many."""
    pages = sum(bool(check.page) for check in checks)
    numbers = {"checks": len(checks), "pages": pages, **sandbox}
    said = ", ".join(f"{number} {what[:-1] if number == 1 else what}" for what, number in numbers.items())
    return "".join(f"{line}\n" for line in (*_listed(checks), said))


def listed(checks: Sequence[Check]) -> list[dict[str, str]]:
    """The same for machines."""
    return [
        {
            "check": check.id,
            "link": check.link,
            "severity": check.severity.value,
            "title": check.title,
            "origin": check.origin,
        }
        for check in checks
    ]


def _listed(checks: Sequence[Check]) -> Iterator[str]:
    column = max((len(check.id) for check in checks), default=0)
    for link in LINKS:
        of_link = [check for check in checks if check.link == link.id]
        if of_link:
            yield f"{link.id}: {link.title}"
        for check in of_link:
            whose = f" ({printable(check.origin)})" if check.origin else ""
            yield f"  {check.id:<{column}}  {check.severity.value:<8}  {check.title}{whose}"


def explain(check: Check, screen: Screen) -> str:
    """The page of a check: its title, its sections, exact texts left as they are."""
    return "".join(f"{line}\n" for line in _page(check, screen))


FIRST = 6
"""Lines of a page that stand above a question, to the end of a sentence."""


def opening(check: Check, screen: Screen) -> Iterator[str]:
    """The title and the first lines of a check's page."""
    yield from screen.words(f"{check.title} ({check.id}, {check.severity.value})", style="bold", hang="  ")
    first = itertools.takewhile(str.strip, itertools.dropwhile(_is_heading, check.page.strip().splitlines()))
    sentences = re.split(r"(?<=[.]) (?=[A-Z`])", " ".join(map(str.strip, first)))
    shown = list(screen.words(sentences[0], indent="  "))
    for number in range(2, len(sentences) + 1):
        more = list(screen.words(" ".join(sentences[:number]), indent="  "))
        shown = more if len(more) <= FIRST else shown
    yield from shown


def _is_heading(line: str) -> bool:
    return not line.strip() or line.startswith("## ")


def _page(check: Check, screen: Screen) -> Iterator[str]:
    yield from screen.words(check.title, style="bold", hang="  ")
    yield from screen.words(f"{check.id}, link {check.link}, {check.severity.value}", style="dim")
    yield ""
    yield from _prose(check.page, screen)


def _prose(page: str, screen: Screen) -> Iterator[str]:
    """Lines that flow are filled to the width; headings, fenced and indented lines stand as they are."""
    held: list[str] = []
    fenced = False
    for line in page.splitlines():
        exact = fenced or line.startswith(("## ", "    ", "```")) or not line.strip()
        if held and (exact or line.startswith(("- ", "* "))):
            yield from _filled(held, screen)
            held = []
        fenced ^= line.startswith("```")
        if not exact:
            held.append(line)
        elif not line.startswith("```"):
            yield _exactly(line, fenced, screen)
    yield from _filled(held, screen) if held else ()


def _exactly(line: str, fenced: bool, screen: Screen) -> str:
    if line.startswith("## "):
        return screen.paint("bold", line.removeprefix("## "))
    return screen.paint("cyan", f"    {line}" if fenced else line) if line.strip() else ""


def _filled(lines: Sequence[str], screen: Screen) -> Iterator[str]:
    text = " ".join(line.strip() for line in lines)
    if text.startswith(("- ", "* ")):
        yield from screen.marked("-", text[2:])
    else:
        yield from screen.words(text)
