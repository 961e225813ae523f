"""Every fault with a repair that is not manual: read as served, mended as rehearsed, undone byte for byte."""

from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import pytest

from keystone_check.checks import load
from keystone_check.errors import UsageError
from keystone_check.model.access import Access
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Safety, Status
from keystone_check.model.grant import SetRolePolicy
from keystone_check.model.outcome import Diagnosis
from keystone_check.model.workload import RestartWorkload
from keystone_check.model.world import World
from keystone_check.probes.gather import gather
from keystone_check.remedy.apply import apply
from keystone_check.remedy.journal import address_of, held
from keystone_check.remedy.mend import Look, Mended, first, mend, rehearsed
from keystone_check.remedy.record import Recorded
from keystone_check.remedy.undo import chosen, restore, steps
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import healthy
from tests.cli.operators_by_hand import GRANTED, TRACES
from tests.worlds import NOW

CHECKS = load()
EVERYTHING = frozenset(Safety)


def amiss(diagnosis: Diagnosis) -> set[str]:
    wrong = (Status.BROKEN, Status.BLOCKED, Status.CRASHED)
    return {outcome.check.id for outcome in diagnosis.outcomes if outcome.status in wrong}


def as_far_as_known(seen: World, promised: World) -> World:
    """What was seen, without the pods that a restart made, of which a rehearsal says that nobody knows."""
    if not isinstance(promised.pods, Subjects) or not isinstance(seen.pods, Subjects):
        return seen
    unknown = tuple(entry for entry in promised.pods if isinstance(entry[1], Missing))
    known = {name for name, _ in promised.pods.seen()}
    others = tuple(entry for entry in seen.pods if entry[0] not in known)
    assert len(others) == len(unknown)
    kept = tuple(entry for entry in seen.pods if entry[0] in known)
    order = sorted((*kept, *unknown), key=lambda entry: entry[0])
    return replace(seen, pods=Subjects(tuple(order)))


SERVED = ("karpenter-passes-another-role", "karpenter-is-an-administrator", "ack-may-not-tag-buckets")
"""A policy that is made, one that is deleted, one that is edited: the others are rehearsed (test_granted)."""


@cache
def plannable() -> tuple[str, ...]:
    world = healthy(Ground.make(), NOW)
    return tuple(
        name
        for name, fault in FAULTS.items()
        if name not in {*GRANTED} - {*SERVED} and rehearsed(fault.apply(world), CHECKS, EVERYTHING).applied
    )


@pytest.mark.parametrize("name", plannable())
def test_a_fault_is_mended_as_rehearsed_and_undone_byte_for_byte(name: str, tmp_path: Path) -> None:
    ground = Ground.make()
    with serve(FAULTS[name].apply(healthy(ground, NOW)), ground, clock=lambda: NOW) as serving:
        look = partial(gather, serving.access, clock=lambda: NOW)
        before = look()
        assert before == serving.world
        mended = mended_as_rehearsed(before, look, serving.access, tmp_path)
        lasting = [step.change for step in mended.applied if isinstance(step.change, RestartWorkload)]
        if len(lasting) == len(mended.applied):
            with pytest.raises(UsageError, match="a restart cannot be undone"):
                undo(before, serving.access, tmp_path)
            return
        undone = undo(before, serving.access, tmp_path)
        assert len(undone) + len(lasting) == len(mended.applied)
        if not lasting:  # new pods do not become the former ones again
            assert look() == before


def mended_as_rehearsed(before: World, look: Look, access: Access, journals: Path) -> Mended:
    """What became of the plan: all that it promised, and nothing is left to do."""
    promised = rehearsed(before, CHECKS, EVERYTHING)
    with held(journals, address_of(before)) as journal:
        write = Recorded(journal, partial(apply, access), NOW, "sandbox")
        mended = mend(first(before, look), CHECKS, write, EVERYTHING)
        write.end()
    assert mended.failures == ()
    assert mended.applied == promised.applied
    assert as_far_as_known(mended.after.world, promised.after.world) == promised.after.world
    granted = any(isinstance(step.change, SetRolePolicy) for step in mended.applied)
    assert amiss(mended.after) <= (TRACES if granted else set())
    assert rehearsed(mended.after.world, CHECKS, EVERYTHING).applied == ()
    return mended


def undo(before: World, access: Access, journals: Path) -> tuple[object, ...]:
    """What was taken back of the last run."""
    with held(journals, address_of(before)) as journal:
        done, failures = restore(steps(chosen(journal.runs, "")), partial(apply, access))
    assert failures == ()
    return tuple(done)
