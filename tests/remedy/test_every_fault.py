"""Every fault with a repair that is not manual: mended, as rehearsed, and nothing left but restarts."""

from dataclasses import replace
from functools import partial

import pytest

from keystone_check.checks import load
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Safety, Status
from keystone_check.model.outcome import Diagnosis
from keystone_check.model.world import World
from keystone_check.probes.gather import gather
from keystone_check.remedy.apply import apply
from keystone_check.remedy.mend import mend, rehearsed
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import healthy
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


def plannable() -> list[str]:
    world = healthy(Ground.make(), NOW)
    return [
        name for name, fault in FAULTS.items() if rehearsed(fault.apply(world), CHECKS, EVERYTHING).applied
    ]


@pytest.mark.parametrize("name", plannable())
def test_a_fault_is_mended_as_rehearsed(name: str) -> None:
    ground = Ground.make()
    with serve(FAULTS[name].apply(healthy(ground, NOW)), ground, clock=lambda: NOW) as serving:
        look = partial(gather, serving.access, clock=lambda: NOW)
        promised = rehearsed(look(), CHECKS, EVERYTHING)
        mended = mend(look, CHECKS, partial(apply, serving.access), EVERYTHING)
    assert mended.failures == ()
    assert mended.applied == promised.applied
    assert as_far_as_known(mended.after.world, promised.after.world) == promised.after.world
    assert amiss(mended.after) == set()
    assert rehearsed(mended.after.world, CHECKS, EVERYTHING).applied == ()
