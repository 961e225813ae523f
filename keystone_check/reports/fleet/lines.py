"""Several clusters for a terminal and a chat: a line each, then the findings of those that have any."""

from collections.abc import Iterator

from keystone_check.gate import Verdict
from keystone_check.model.finding import Status
from keystone_check.reports import short
from keystone_check.reports.fleet.values import Fleet, Member
from keystone_check.reports.marks import MARKS
from keystone_check.reports.marks import WORDS as SPOKEN
from keystone_check.reports.printable import printable
from keystone_check.reports.report import next_step
from keystone_check.reports.screen import Screen
from keystone_check.reports.text import header, judgement

STATUS = {
    Verdict.CRASHED: Status.CRASHED,
    Verdict.BROKEN: Status.BROKEN,
    Verdict.BLOCKED: Status.BLOCKED,
    Verdict.HOLDS: Status.HOLDS,
}
WORDS = {
    Verdict.CRASHED: "BUG",
    Verdict.BROKEN: "BROKEN",
    Verdict.BLOCKED: "UNSEEN",
    Verdict.HOLDS: "HOLDS",
}


def text(fleet: Fleet, screen: Screen) -> str:
    """The whole report, ending with a newline."""
    return "\n".join((*_lines(fleet, screen), ""))


def _lines(fleet: Fleet, screen: Screen) -> Iterator[str]:
    yield from screen.words(f"keystone-check {fleet.version} on {fleet.name}", style="bold", hang="  ")
    yield ""
    for member in fleet.members:
        mark, style = MARKS[STATUS[member.verdict]]
        yield from screen.marked(mark, f"{member.name}: {member.sentence}", style, SPOKEN[mark])
    for member in fleet.told:
        yield from _member(member, screen)
    yield ""
    yield from screen.words(f"{fleet.counts}.".capitalize(), style="bold")


def _member(member: Member, screen: Screen) -> Iterator[str]:
    report = member.report
    assert report is not None
    yield ""
    yield from header(report, screen)
    yield ""
    yield from judgement(report, screen)
    if step := next_step(report):
        yield f"next: {screen.paint('bold', printable(step))}"


def brief(fleet: Fleet) -> str:
    """One line a cluster, then the lines of what is wrong."""
    yielded = [f"keystone-check {fleet.version} on {fleet.name}"]
    yielded += [f"{WORDS[item.verdict]} {item.name}: {item.sentence}" for item in fleet.members]
    told = "".join(short.render(member.report) for member in fleet.told if member.report)
    head = "".join(f"{printable(line)}\n" for line in yielded)
    return f"{head}{told}{printable(fleet.counts)}\n"
