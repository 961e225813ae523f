"""Killed at any write: what was begun is in the journal, and the next run finishes it or takes it back."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from keystone_check.diagnosis import diagnose
from keystone_check.model.world import World
from keystone_check.probes.gather import gather
from keystone_check.remedy.apply import apply
from keystone_check.remedy.journal import address_of, held
from keystone_check.remedy.mend import mend
from keystone_check.remedy.undo import chosen, restore, steps
from keystone_check.sandbox.__main__ import configuration
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving, serve, wall_clock
from keystone_check.sandbox.worlds import healthy
from tests.environment import bare
from tests.remedy.test_every_fault import CHECKS, EVERYTHING, amiss

FAULT = (
    "bucket-is-blocked",
    "signing-key-was-rotated",
    "audience-is-not-registered",
    "trust-pins-no-subject",
)
"""Together: a public access block, a document, a provider and a role are written."""
WRITES = 4
every_moment = pytest.mark.parametrize(
    ("number", "when"), [(number, when) for number in range(1, WRITES + 1) for when in ("before", "after")]
)


def broken(world: World) -> World:
    for name in reversed(FAULT):
        world = FAULTS[name].apply(world)
    return world


@contextmanager
def killed(state: Path, number: int, when: str) -> Iterator[tuple[Serving, World]]:
    """A sandbox in which a repair was killed at that moment, and the world before it."""
    ground = Ground.make()
    with serve(broken(healthy(ground, wall_clock())), ground) as serving:
        before = gather(serving.access)
        (serving.folder / "keystone-check.toml").write_text(configuration(serving))
        where = (str(serving.folder), str(state), str(number), when)
        command = [sys.executable, "-m", "tests.remedy.killed", *where]
        environ = {**bare(), **serving.environment, "PYTHONPATH": os.pathsep.join(sys.path)}
        ran = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        assert ran.returncode == -9, ran.stderr
        yield serving, before


def still(world: World) -> World:
    """The world without what every look has anew."""
    return world


@every_moment
def test_what_was_begun_is_recorded_and_the_next_run_finishes_it(
    number: int, when: str, tmp_path: Path
) -> None:
    with killed(tmp_path, number, when) as (serving, before):
        with held(tmp_path, address_of(before)) as journal:
            (run,) = journal.runs
        assert run.unfinished
        assert len(run.changes) == number
        assert [it.confirmed for it in run.changes] == [True] * (number - 1) + [False]
        look = partial(gather, serving.access)
        mended = mend(look, CHECKS, partial(apply, serving.access), EVERYTHING)
    assert mended.failures == ()
    assert amiss(mended.after) == set()


@every_moment
def test_what_was_begun_can_be_taken_back(number: int, when: str, tmp_path: Path) -> None:
    with killed(tmp_path, number, when) as (serving, before):
        with held(tmp_path, address_of(before)) as journal:
            run = chosen(journal.runs, "")
            _, failures = restore(steps(run), partial(apply, serving.access))
        assert failures == ()
        after = gather(serving.access)
    judged = {(it.check.id, it.finding.subject): it.status for it in diagnose(after, CHECKS).outcomes}
    told = {(it.check.id, it.finding.subject): it.status for it in diagnose(before, CHECKS).outcomes}
    assert judged == told
    assert (after.bucket, after.roles) == (before.bucket, before.roles)
    assert after.providers == before.providers
