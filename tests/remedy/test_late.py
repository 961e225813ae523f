"""Reads that lag for ten seconds after a write: waited for by a clock of its own, nothing written twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from keystone_check.probes.gather import gather
from keystone_check.remedy.apply import apply
from keystone_check.remedy.journal import address_of, held
from keystone_check.remedy.mend import Mended, mend
from keystone_check.remedy.patience import PAUSES
from keystone_check.remedy.record import Recorded
from keystone_check.remedy.runs import Run
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.mishaps import Mishap, Mishaps
from keystone_check.sandbox.serve import Serving, serve
from keystone_check.sandbox.worlds import healthy
from tests.remedy.test_every_fault import CHECKS, EVERYTHING, amiss
from tests.worlds import NOW

LAG = 10.0


@dataclass
class Watch:
    """Time that passes when somebody waits."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.seconds

    def wait(self, attempt: int) -> bool:
        if attempt < len(PAUSES):
            self.waits.append(PAUSES[attempt])
            self.seconds += PAUSES[attempt]
        return attempt < len(PAUSES)


@contextmanager
def lagging(watch: Watch, *faults: str) -> Iterator[tuple[Serving, Mishaps]]:
    ground, mishaps = Ground.make(), Mishaps(lag=LAG, clock=watch.now)
    world = healthy(ground, NOW)
    for name in faults:
        world = FAULTS[name].apply(world)
    with serve(world, ground, clock=lambda: NOW, mishaps=mishaps) as serving:
        yield serving, mishaps


def mended(serving: Serving, watch: Watch, state: Path) -> tuple[Mended, Run]:
    look = partial(gather, serving.access, clock=lambda: NOW)
    address = address_of(serving.world)
    with held(state, address) as journal:
        write = Recorded(journal, partial(apply, serving.access), NOW, "sandbox")
        done = mend(look, CHECKS, write, EVERYTHING, wait=watch.wait)
        write.end()
    with held(state, address) as journal:
        return done, journal.runs[-1]


def test_what_was_written_is_waited_for_and_written_once(tmp_path: Path) -> None:
    watch = Watch()
    faults = ("trust-pins-no-subject", "audience-is-not-registered", "policy-opens-everything")
    with lagging(watch, *faults) as (serving, mishaps):
        done, run = mended(serving, watch, tmp_path)
    assert done.failures == ()
    assert not amiss(done.after)
    assert sum(watch.waits) >= LAG
    assert len(mishaps.written) == len(set(mishaps.written))
    assert run.ended
    assert all(it.confirmed for it in run.changes)


@pytest.mark.parametrize("fault", ["provider-is-missing"])
def test_a_lost_answer_that_no_look_can_make_good_leaves_the_write_in_the_journal(
    fault: str, tmp_path: Path
) -> None:
    watch = Watch()
    with lagging(watch, fault) as (serving, mishaps):
        mishaps.start({1: Mishap.LOST})
        done, run = mended(serving, watch, tmp_path)
        (failure,) = done.failures
        assert "EntityAlreadyExists" in failure.error.message
        assert mishaps.written == ["iam:CreateOpenIDConnectProvider"]
        assert [it.confirmed for it in run.changes] == [False]
        watch.seconds += LAG
        again, _ = mended(serving, watch, tmp_path)
    assert again.applied == ()
    assert not amiss(again.after)
