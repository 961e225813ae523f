"""The chain as a picture: a box for each link with its state, in rows that a page is wide."""

from html import escape

from keystone_check.model.chain import LINKS
from keystone_check.model.outcome import Diagnosis
from keystone_check.reports.page.standing import WORDS, standing

WIDE, HIGH, GAP, IN_A_ROW = 116, 40, 24, 7
SIGNS = {"crashed": "!", "broken": "✗", "blocked": "?", "accepted": "~", "holds": "✓", "not_applicable": "–"}
"""A state is told by a sign and a word as well as by colour."""


def picture(diagnosis: Diagnosis) -> str:
    """An SVG whose boxes lead to what was judged of their links."""
    titles = {link.id: link.title for link in LINKS}
    found = [(link, standing(outcomes)) for link, outcomes in diagnosis.links() if outcomes]
    lines = -(-len(found) // IN_A_ROW)
    width, height = IN_A_ROW * (WIDE + GAP) - GAP, lines * (HIGH + GAP) - GAP
    boxes = "".join(_box(place, link, state, titles[link]) for place, (link, state) in enumerate(found))
    joints = "".join(map(_joint, range(1, len(found))))
    said = escape("the chain: " + "; ".join(f"{link} {WORDS[state]}" for link, state in found))
    view = f"-1 -1 {width + 2} {height + 2}"
    svg = f'<svg viewBox="{view}" role="group" aria-label="{said}">{joints}{boxes}</svg>'
    return f'<div class="chain">{svg}</div>'


def _at(place: int) -> tuple[int, int]:
    line, column = divmod(place, IN_A_ROW)
    return column * (WIDE + GAP), line * (HIGH + GAP)


def _box(place: int, link: str, state: str, title: str) -> str:
    x, y = _at(place)
    said = escape(f"{link}: {WORDS[state]}")
    return (
        f'<a href="#link-{escape(link)}" class="box {state}" aria-label="{said}">'
        f"<title>{escape(f'{title}: {WORDS[state]}')}</title>"
        f'<rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="6"/>'
        f'<text x="{x + WIDE / 2}" y="{y + HIGH / 2 + 5}">{SIGNS[state]} {escape(link)}</text></a>'
    )


def _joint(place: int) -> str:
    """The line from the box before it; nothing where a row begins."""
    x, y = _at(place)
    middle = y + HIGH / 2
    return f'<path class="joint" d="M{x - GAP} {middle}H{x}"/>' if x else ""
