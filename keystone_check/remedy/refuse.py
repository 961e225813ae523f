"""What must not be written: steps that open more than is needed, or whose rehearsal breaks what held.

A pod keeps what it was given when it started. That it has to be restarted after an annotation changed is no
harm: it is what comes next.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from keystone_check.diagnosis import diagnose
from keystone_check.model.change import SetAnnotation
from keystone_check.model.finding import Repair, Status
from keystone_check.model.outcome import Check, Diagnosis, Outcome
from keystone_check.remedy.excess import excess
from keystone_check.remedy.plan import Step, named, rank
from keystone_check.remedy.rehearse import rehearse
from keystone_check.remedy.restarted import restarted

_WORSE = frozenset({Status.BROKEN, Status.CRASHED})


@dataclass(frozen=True, slots=True)
class Refused:
    """A step that is not written, and what it would have broken or opened."""

    step: Step
    breaks: tuple[Outcome, ...] = ()
    opens: str = ""

    @property
    def why(self) -> str:
        """That in words."""
        broken = ", ".join(dict.fromkeys(outcome.check.id for outcome in self.breaks))
        return f"it would open more: {self.opens}" if self.opens else f"it would break what holds: {broken}"


def worsened(before: Diagnosis, after: Diagnosis) -> tuple[Outcome, ...]:
    """The outcomes of `after` that are broken and held before.

    What is judged for the first time, because a repair uncovered it, is not worse than it was.
    """
    held = {named(outcome) for outcome in before.having(Status.HOLDS)}
    held -= {named(outcome) for outcome in before.having(Status.BROKEN)}
    return tuple(item for item in after.outcomes if item.status in _WORSE and named(item) in held)


def sift(
    before: Diagnosis, steps: Iterable[Step], checks: tuple[Check, ...]
) -> tuple[tuple[Step, ...], tuple[Refused, ...]]:
    """The steps that may be written, and those refused.

    What opens more than a finding needs goes first. The others are rehearsed kind by kind, each kind on
    top of the ones before it, so that a run which is stopped between two kinds has broken nothing either.
    With a step goes every step of its repair.
    """
    left, refused = _modest(before, tuple(steps))
    while harm := _harm(before, left, checks):
        culprit, breaks = harm
        refused += [Refused(step, breaks) for step in left if step.repair == culprit.repair]
        left = tuple(step for step in left if step.repair != culprit.repair)
    return left, tuple(refused)


def outdated(before: Diagnosis, steps: Iterable[Step], checks: tuple[Check, ...]) -> tuple[Outcome, ...]:
    """What held, and is broken after the steps until the pods that it is about are restarted."""
    changes = tuple(step.change for step in steps)
    if not any(isinstance(change, SetAnnotation) for change in changes):
        return ()
    after = rehearse(before.world, changes)
    worse = worsened(before, diagnose(after, checks))
    left = worse and worsened(before, diagnose(restarted(before.world, after), checks))
    lasting = {named(outcome) for outcome in left}
    return tuple(outcome for outcome in worse if named(outcome) not in lasting)


def _modest(before: Diagnosis, steps: tuple[Step, ...]) -> tuple[tuple[Step, ...], list[Refused]]:
    """The steps of repairs that open nothing beyond their finding, and the others with what they open."""
    opened: dict[Repair, str] = {}
    for step in steps:
        if more := excess(before.world, step.change):
            opened.setdefault(step.repair, more)
    refused = [Refused(step, opens=opened[step.repair]) for step in steps if step.repair in opened]
    return tuple(step for step in steps if step.repair not in opened), refused


def _harm(
    before: Diagnosis, steps: tuple[Step, ...], checks: tuple[Check, ...]
) -> tuple[Step, tuple[Outcome, ...]] | None:
    """The first step that breaks something, and what."""
    earlier: tuple[Step, ...] = ()
    for _, kind in groupby(steps, key=lambda step: rank(step.change)):
        group = tuple(kind)
        if _breaks(before, (*earlier, *group), checks):
            return _culprit(before, earlier, group, checks)
        earlier += group
    return None


def _culprit(
    before: Diagnosis, earlier: tuple[Step, ...], group: tuple[Step, ...], checks: tuple[Check, ...]
) -> tuple[Step, tuple[Outcome, ...]]:
    """The first step of a kind after which something is broken; the kind as a whole does break something."""
    for number, step in enumerate(group, 1):
        if breaks := _breaks(before, (*earlier, *group[:number]), checks):
            return step, breaks
    raise AssertionError("the last of these rehearsals is the one that broke something")


def _breaks(before: Diagnosis, steps: tuple[Step, ...], checks: tuple[Check, ...]) -> tuple[Outcome, ...]:
    after = rehearse(before.world, (step.change for step in steps))
    worse = worsened(before, diagnose(after, checks))
    return worse and worsened(before, diagnose(restarted(before.world, after), checks))
