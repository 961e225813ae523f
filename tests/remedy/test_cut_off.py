"""Killed between two requests: nothing half made is unrecorded, and the next run mends or undoes it.

After a request nothing more arrives, and nobody hears that: as for a process that is gone. What is killed
between two changes is in `test_killed`, with a process that is really killed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from keystone_check.errors import ApplyError
from keystone_check.model.change import Change
from keystone_check.model.world import World
from keystone_check.probes.gather import gather
from keystone_check.remedy.apply import apply
from keystone_check.remedy.journal import address_of, held
from keystone_check.remedy.mend import mend
from keystone_check.remedy.record import Recorded
from keystone_check.remedy.runs import Run
from keystone_check.remedy.undo import chosen, restore, steps
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.mishaps import Mishap, Mishaps, always
from keystone_check.sandbox.serve import Serving, serve
from keystone_check.sandbox.worlds import healthy
from tests.remedy.test_every_fault import CHECKS, EVERYTHING, amiss
from tests.worlds import NOW

MENDED = (
    ("bucket-is-gone", 1),
    ("bucket-is-gone", 2),
    ("bucket-is-gone", 4),
    ("client-id-has-an-invisible-character", 1),
)
UNDONE = (("bucket-is-gone", 1), ("bucket-is-gone", 4), ("client-id-has-an-invisible-character", 1))
"""Faults, and after how many of the requests that mend each: a bucket is made, its block and its policy set,
the two documents uploaded; a client id is added and the bent one removed."""


class Gone(BaseException):
    """The process is no more."""


@contextmanager
def cut_off(fault: str, done: int, state: Path) -> Iterator[tuple[Serving, World, Run]]:
    """A sandbox in which a repair was cut off after so many requests, what stood there, and its record."""
    ground, mishaps = Ground.make(), Mishaps()

    def write(change: Change) -> None:
        try:
            apply(serving.access, change)
        except ApplyError as error:
            raise Gone from error

    with serve(
        FAULTS[fault].apply(healthy(ground, NOW)), ground, clock=lambda: NOW, mishaps=mishaps
    ) as serving:
        before = look(serving)
        mishaps.start(always(Mishap.DENIED, first=done + 1))
        with held(state, address_of(before)) as journal, pytest.raises(Gone):
            mend(partial(look, serving), CHECKS, Recorded(journal, write, NOW, "sandbox"), EVERYTHING)
        assert len(mishaps.written) == done
        mishaps.start({})
        with held(state, address_of(before)) as journal:
            yield serving, before, journal.runs[-1]


def look(serving: Serving) -> World:
    return gather(serving.access, clock=lambda: NOW)


@pytest.mark.parametrize(("fault", "done"), MENDED)
def test_what_was_cut_off_is_recorded_and_mended_by_the_next_ru(
    fault: str, done: int, tmp_path: Path
) -> None:
    with cut_off(fault, done, tmp_path) as (serving, _, run):
        assert run.unfinished
        assert [it.confirmed for it in run.changes][-1] is False
        mended = mend(partial(look, serving), CHECKS, partial(apply, serving.access), EVERYTHING)
    assert mended.failures == ()
    assert amiss(mended.after) == set()


@pytest.mark.parametrize(("fault", "done"), UNDONE)
def test_what_was_cut_off_is_taken_back_whole(fault: str, done: int, tmp_path: Path) -> None:
    with cut_off(fault, done, tmp_path) as (serving, before, run):
        _, failures = restore(steps(chosen([run], "")), partial(apply, serving.access))
        assert failures == ()
        assert look(serving) == before
