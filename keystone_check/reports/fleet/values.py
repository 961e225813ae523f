"""Several clusters as one report: a member each, with its report or why there is none."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from keystone_check import __version__
from keystone_check.gate import Verdict
from keystone_check.model.facts import Missing
from keystone_check.reports.report import Report
from keystone_check.reports.text import headline_of
from keystone_check.shard import Shard

What = Literal["cluster", "shard", "file"]
WORST_FIRST = (Verdict.CRASHED, Verdict.BROKEN, Verdict.BLOCKED)

WORDS = {
    Verdict.CRASHED: "with a check that failed itself",
    Verdict.BROKEN: "broken",
    Verdict.BLOCKED: "could not be seen",
    Verdict.HOLDS: "hold",
}


@dataclass(frozen=True, slots=True)
class Member:
    """A cluster; or a file or a shard that should tell of some, and does not."""

    name: str
    report: Report | None = None
    gap: str = ""
    """Why there is no report, or why the one that is there does not count as seen."""
    hint: str = ""
    document: Mapping[str, Any] | None = None
    """The JSON that the report was read from."""
    what: What = "cluster"

    @property
    def exit_code(self) -> int:
        """The worse of the report's and of the gap's."""
        codes = (self.report.exit_code if self.report else 0, Verdict.BLOCKED.value if self.gap else 0)
        return worst(codes)

    @property
    def verdict(self) -> Verdict:
        """One word; what the gate lets pass is still broken."""
        verdict = self.report.verdict if self.report else Verdict.BLOCKED
        return Verdict.BLOCKED if self.gap and verdict is Verdict.HOLDS else verdict

    @property
    def sentence(self) -> str:
        """How it stands."""
        if self.report is None:
            return f"{self.gap}; {self.hint}" if self.hint else self.gap
        said = _standing(self.report)
        return f"{self.gap}. {said}" if self.gap else said


@dataclass(frozen=True, slots=True)
class Fleet:
    """All of them."""

    members: tuple[Member, ...]
    shard: Shard | None = None
    version: str = __version__

    @property
    def name(self) -> str:
        """What stands for a cluster's name in a report of one."""
        number = sum(member.what == "cluster" for member in self.members)
        part = f", shard {self.shard}" if self.shard else ""
        return f"{number} cluster{'s' * (number != 1)}{part}"

    @property
    def exit_code(self) -> int:
        """The worst."""
        return worst(member.exit_code for member in self.members)

    @property
    def verdict(self) -> Verdict:
        """The worst one."""
        return Verdict(worst(member.verdict.value for member in self.members))

    @property
    def told(self) -> tuple[Member, ...]:
        """Those of which there is more to say than their line."""
        return tuple(
            item for item in self.members if item.report and item.report.verdict is not Verdict.HOLDS
        )

    @property
    def counts(self) -> str:
        """How many of each verdict."""
        if not self.members:
            return "no cluster is of this shard" if self.shard else "there was no cluster to look at"
        numbers = [
            (sum(item.verdict is verdict for item in self.members), word) for verdict, word in WORDS.items()
        ]
        return ", ".join(f"{number} {word}" for number, word in numbers if number)


def together(members: Iterable[Member]) -> tuple[Member, ...]:
    """These members; an acceptance that fits in one of them is not idle in the others."""
    everyone = tuple(members)
    reports = [member.report for member in everyone if member.report]
    used = {
        (entry.check, entry.reason, entry.until)
        for report in reports
        for outcome in report.diagnosis.outcomes
        if (entry := outcome.acceptance)
    }
    return tuple(_without(member, used) for member in everyone)


def _without(member: Member, used: Container[tuple[str, str, str]]) -> Member:
    report = member.report
    if report is None or not report.diagnosis.unmatched:
        return member
    idle = tuple(
        entry for entry in report.diagnosis.unmatched if (entry.check, entry.reason, entry.until) not in used
    )
    return replace(member, report=replace(report, diagnosis=replace(report.diagnosis, unmatched=idle)))


def worst(codes: Iterable[int]) -> int:
    """Of several exit codes the one to end with."""
    there = set(codes)
    return next((verdict.value for verdict in WORST_FIRST if verdict.value in there), Verdict.HOLDS.value)


def _standing(report: Report) -> str:
    cluster = report.diagnosis.world.cluster
    if isinstance(cluster, Missing) and not report.diagnosis.headline:
        return f"could not be reached: {cluster.because}"
    return headline_of(report.diagnosis)
