"""Every upgrade of Karpenter judged ahead: the 105 upward pairs of minors."""

import time
from collections.abc import Iterator
from itertools import combinations

from benchmarks.figures import Figure, Promise, measured
from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.knowledge.store import minors
from keystone_check.sandbox.catalogue import stage
from keystone_check.sandbox.operators import with_karpenter
from keystone_check.upgrading.asked import asked
from keystone_check.upgrading.foresee import foresee

NOW = 1_800_000_000
PAIRS = Promise("105 pairs of Karpenter's minors, every check: CPU", "s", 5.0)
ONE = Promise("one pair, times one diagnosis of what is", "times", 1.5)
PROMISES = (PAIRS, ONE)


def figures() -> Iterator[Figure]:
    """CPU seconds, the diagnoses of the 15 installs among them."""
    checks, healthy = load(), stage("", NOW)[1]
    worlds = {minor: with_karpenter(healthy, minor) for minor in minors()}
    start = time.process_time()
    now = {minor: diagnose(world, checks) for minor, world in worlds.items()}
    judged = time.process_time()
    pairs = list(combinations(worlds, 2))
    for older, newer in pairs:
        foresee(now[older], asked([f"karpenter={newer}"]), checks)
    end = time.process_time()
    yield measured(PAIRS, end - start)
    yield measured(ONE, (end - judged) / len(pairs) / ((judged - start) / len(worlds)))
