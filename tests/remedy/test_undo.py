"""Every repair, undone: the world that was broken, byte for byte."""

from functools import partial
from pathlib import Path

import pytest

from keystone_check.model.workload import RestartWorkload
from keystone_check.probes.gather import gather
from keystone_check.remedy.apply import apply
from keystone_check.remedy.journal import address_of, held
from keystone_check.remedy.mend import mend
from keystone_check.remedy.record import Recorded
from keystone_check.remedy.undo import chosen, restore, steps
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import healthy
from tests.remedy.test_every_fault import CHECKS, EVERYTHING, plannable
from tests.worlds import NOW


@pytest.mark.parametrize("name", plannable())
def test_a_repair_that_is_undone_leaves_the_world_as_it_was(name: str, tmp_path: Path) -> None:
    ground = Ground.make()
    with serve(FAULTS[name].apply(healthy(ground, NOW)), ground, clock=lambda: NOW) as serving:
        look = partial(gather, serving.access, clock=lambda: NOW)
        before = look()
        with held(tmp_path, address_of(before)) as journal:
            write = Recorded(journal, partial(apply, serving.access), NOW, "sandbox")
            mended = mend(look, CHECKS, write, EVERYTHING)
            write.end()
        assert mended.applied
        with held(tmp_path, address_of(before)) as journal:
            wanted = steps(chosen(journal.runs, ""))
            done, failures = restore(wanted, partial(apply, serving.access))
        assert failures == ()
        undone = [step for step in mended.applied if not isinstance(step.change, RestartWorkload)]
        assert len(done) == len(undone)
        if undone == list(mended.applied):  # new pods do not become the former ones again
            assert look() == before
