"""Several clusters as a page to open: a table to search, then what is wrong, folded by cluster."""

from collections.abc import Iterator

from keystone_check.reports.fleet.values import Fleet, Member
from keystone_check.reports.page import frame, text, unjudged, wrong
from keystone_check.reports.page.standing import WORDS


def render(fleet: Fleet) -> str:
    """The whole document."""
    return "\n".join(frame(f"keystone-check on {fleet.name}", _body(fleet))) + "\n"


def _body(fleet: Fleet) -> Iterator[str]:
    yield f"<header><h1>keystone-check on {text(fleet.name)}</h1>"
    yield f'<p class="headline {fleet.verdict.word}">{text(fleet.counts)}</p></header>'
    yield '<main id="findings">'
    yield from _table(fleet)
    yield '<section aria-labelledby="wrong"><h2 id="wrong">What is wrong</h2>'
    for place, member in enumerate(fleet.members):
        yield from _details(place, member)
    yield "</section></main>"
    yield f"<footer><p>{text(fleet.counts)}. keystone-check {text(fleet.version)}</p></footer>"


def _table(fleet: Fleet) -> Iterator[str]:
    number = len(fleet.members)
    yield '<section aria-labelledby="clusters"><h2 id="clusters">Clusters</h2>'
    yield '<p><label>search <input type="search" id="search" autocomplete="off"></label> '
    yield f'<output id="found" for="search">{number} of {number}</output></p>'
    yield '<table id="accounts"><thead><tr><th scope="col">state</th><th scope="col">cluster</th>'
    yield '<th scope="col">said</th></tr></thead><tbody>'
    for place, member in enumerate(fleet.members):
        yield _row(place, member)
    yield "</tbody></table></section>"


def _row(place: int, member: Member) -> str:
    word, name = member.verdict.word, text(member.name)
    shown = f'<a href="#cluster-{place}">{name}</a>' if tuple(_articles(member)) else name
    return (
        f'<tr class="{word}"><td>{WORDS[word]}</td><th scope="row">{shown}</th>'
        f"<td>{text(member.sentence)}</td></tr>"
    )


def _details(place: int, member: Member) -> Iterator[str]:
    articles = tuple(_articles(member))
    if articles:
        yield f'<details id="cluster-{place}" class="link {member.verdict.word}">'
        yield f"<summary>{text(member.name)}: {text(member.sentence)}</summary>"
        yield from articles
        yield "</details>"


def _articles(member: Member) -> Iterator[str]:
    if member.report:
        yield from wrong(member.report)
        yield from unjudged(member.report)
