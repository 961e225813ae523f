"""foresee(now, targets, checks): the same facts, judged by what the targets require.

1. The moves from what runs to what is asked for, and the world after them.
2. Checks that look at what changed judge again; what the others said stays.
3. What is broken then and is not now says that it would break.
4. What is judged of the targets alone is added to its link.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache

from keystone_check import checks
from keystone_check.diagnosis import diagnose
from keystone_check.model.finding import Finding, Repair, Safety, Status
from keystone_check.model.operators import KARPENTER
from keystone_check.model.outcome import Check, Diagnosis, Outcome
from keystone_check.model.world import World
from keystone_check.upgrading.asked import Asked
from keystone_check.upgrading.cautions import cautions
from keystone_check.upgrading.judges import kubernetes_release_is_known
from keystone_check.upgrading.moves import Move, after, moves
from keystone_check.upgrading.steps import Step, steps

WOULD = "would break"
"""How the message begins of what is broken then, and is not now."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Both diagnoses, and the way from one to the other."""

    targets: tuple[Asked, ...]
    now: Diagnosis
    then: Diagnosis
    moves: tuple[Move, ...]
    steps: tuple[Step, ...]
    cautions: tuple[str, ...]
    """What is to be minded while it goes on; nothing that a check could judge."""

    @property
    def opened(self) -> tuple[Outcome, ...]:
        """What would break."""
        return tuple(_opened(self.now, self.then))


@cache
def judges() -> tuple[Check, ...]:
    """What is judged of targets alone."""
    return (checks.read(kubernetes_release_is_known, "cluster"),)


def foresee(now: Diagnosis, targets: Sequence[Asked], every: Sequence[Check]) -> Foreseen:
    """What this diagnosis would be; `every` are the checks that made it. UsageError for a target that goes
    down, or that nothing here answers to."""
    made = moves(now.world, targets)  # 1
    world = after(now.world, made)
    then = replace(now, outcomes=tuple(_judged(now, world, made, every)))  # with the facts as they are
    first = Foreseen(tuple(targets), now, then, made, steps(made), tuple(cautions(now.world, made)))
    return replace(first, then=replace(then, outcomes=tuple(_said(first))))


def _judged(now: Diagnosis, world: World, made: Sequence[Move], every: Sequence[Check]) -> Iterator[Outcome]:
    """2, 4."""
    changed = {it.name for it in fields(World) if getattr(world, it.name) is not getattr(now.world, it.name)}
    yield from (Outcome(it, finding) for it in judges() for finding in it.judge(made))
    again = tuple(check for check in every if changed & set(check.needs))
    said = {**_by_check(now), **_by_check(diagnose(world, again))}
    for check in every:
        yield from said.get(check.id, ())


def _by_check(diagnosis: Diagnosis) -> Mapping[str, Sequence[Outcome]]:
    found: dict[str, list[Outcome]] = {}
    for outcome in diagnosis.outcomes:
        found.setdefault(outcome.check.id, []).append(outcome)
    return found


def _said(found: Foreseen) -> Iterator[Outcome]:
    """3."""
    opened = set(map(id, found.opened))
    lead = f"{WOULD} with {' and '.join(map(str, found.targets))}: "
    for outcome in found.then.outcomes:
        if id(outcome) in opened:
            finding = replace(outcome.finding, message=lead + outcome.finding.message)
            yield replace(outcome, finding=_for_then(finding, found.moves))
        else:
            yield outcome


def _for_then(finding: Finding, made: Sequence[Move]) -> Finding:
    """What grants it is printed for the release that is asked for, and written when that is there."""
    release = next((move.then.line for move in made if move.product == KARPENTER), "")
    if finding.repair is None or not release:
        return finding
    policy, repair = f"--policy {KARPENTER}", finding.repair
    steps = tuple(step.replace(policy, f"{policy} --for {KARPENTER}={release}") for step in repair.steps)
    if repair.changes:
        printed = f"keystone-check {policy} --for {KARPENTER}={release} prints all that it will need"
        repair = Repair(repair.title, Safety.MANUAL, "it is not asked for before the upgrade", (), (printed,))
        return replace(finding, repair=repair)
    return replace(finding, repair=replace(repair, steps=steps))


def _opened(now: Diagnosis, then: Diagnosis) -> Iterator[Outcome]:
    known = {(one.check.id, one.finding.subject) for one in now.having(Status.BROKEN)}
    for outcome in then.having(Status.BROKEN):
        if (outcome.check.id, outcome.finding.subject) not in known:
            yield outcome
