"""A repair that dies: `python -m tests.remedy.killed CLUSTER STATE NUMBER WHEN` is killed at that write."""

import os
import signal
import sys
from functools import partial
from pathlib import Path

from keystone_check.checks import load
from keystone_check.clusters import open_cluster
from keystone_check.model.change import Change
from keystone_check.model.finding import Safety
from keystone_check.probes.gather import gather
from keystone_check.remedy.apply import apply
from keystone_check.remedy.journal import address_of, held
from keystone_check.remedy.mend import first, mend
from keystone_check.remedy.record import Recorded


def main(configuration: str, state: str, number: str, when: str) -> None:
    """Mend the cluster `served` of that folder's configuration, and die before or after the n-th write."""
    left = [int(number)]

    def write(change: Change) -> None:
        left[0] -= 1
        if left[0] == 0 and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        apply(access, change)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    with open_cluster("served", folder=Path(configuration)) as access:
        look = partial(gather, access)
        world = look()
        with held(Path(state), address_of(world)) as journal:
            recorded = Recorded(journal, write, world.now, "served")
            mend(first(world, look), load(), recorded, frozenset(Safety))
            recorded.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
