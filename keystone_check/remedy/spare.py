"""What need not be written: steps for what earlier links mend already."""

from itertools import groupby

from keystone_check.diagnosis import diagnose
from keystone_check.model.finding import Status
from keystone_check.model.outcome import Check, Diagnosis
from keystone_check.remedy.plan import Step, named
from keystone_check.remedy.rehearse import rehearse


def necessary(before: Diagnosis, steps: tuple[Step, ...], checks: tuple[Check, ...]) -> tuple[Step, ...]:
    """The steps that are still needed when those of the links before theirs are done.

    A finding may well follow from an earlier one, and then its own repair would write for nothing:
    a key set that nobody can read looks like one that is not there. In doubt a step waits for the next
    round, which sees what the earlier ones did.
    """
    links = {named(outcome): outcome.check.link for outcome in before.having(Status.BROKEN)}
    places = {name: number for number, name in enumerate(links)}
    along = sorted(steps, key=lambda step: places[step.mends[0]])
    kept: set[Step] = set()
    for _, group in groupby(along, key=lambda step: links[step.mends[0]]):
        done = rehearse(before.world, (step.change for step in steps if step in kept))
        now = diagnose(done, checks) if kept else before
        left = {named(outcome) for outcome in now.having(Status.BROKEN)}
        kept.update(step for step in group if not left.isdisjoint(step.mends))
    return tuple(step for step in steps if step in kept)
