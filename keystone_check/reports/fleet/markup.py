"""Several clusters for a pull request: one table, then what is wrong, folded by cluster."""

from collections.abc import Iterator

from keystone_check.reports import markdown
from keystone_check.reports.escape import code, prose
from keystone_check.reports.fleet.lines import STATUS
from keystone_check.reports.fleet.values import Fleet
from keystone_check.reports.report import Report

MOST = 60_000
"""Characters; GitHub takes 65,536 in a comment."""
MOST_ROWS = 150


def render(fleet: Fleet) -> str:
    """As much of it as a comment takes; what is left out is counted."""
    text = "\n".join((*_lines(fleet), ""))
    for place, member in enumerate(fleet.told):
        assert member.report is not None
        more = _folded(member.name, member.report)
        if len(text) + len(more) > MOST:
            left = len(fleet.told) - place
            return f"{text}The findings of {left} more clusters are left out: --format html has them.\n"
        text += more
    return text


def _folded(name: str, report: Report) -> str:
    shown = markdown.render(report)
    return f"<details><summary>{code(name)}</summary>\n\n{shown}\n</details>\n\n"


def _lines(fleet: Fleet) -> Iterator[str]:
    yield f"## {markdown.MARKS[STATUS[fleet.verdict]]} keystone-check on {prose(fleet.name)}"
    yield ""
    yield f"**{prose(fleet.counts)}**"
    yield ""
    yield "| | cluster | |"
    yield "|---|---|---|"
    for member in fleet.members[:MOST_ROWS]:
        mark = markdown.MARKS[STATUS[member.verdict]]
        yield f"| {mark} | {code(member.name)} | {prose(member.sentence, 200)} |"
    if len(fleet.members) > MOST_ROWS:
        yield f"| | | and {len(fleet.members) - MOST_ROWS} more |"
    yield ""
