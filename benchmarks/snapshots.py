"""A snapshot of a crowd: written, read, its size, and every check on it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.figures import Figure, Promise, measured
from keystone_check import snapshot
from keystone_check.diagnosis import diagnose
from keystone_check.model.world import World
from keystone_check.sandbox.catalogue import stage
from keystone_check.sandbox.crowd import crowded
from keystone_check.targets import Bench
from tests import bent_snapshots

ROUNDS = 3
NOW = 1_800_000_000
PACKED = Path("world.json.gz")
WRITE = Promise("2,000 accounts, 500 roles: CPU to write a compressed snapshot", "s", 1.0)
READ = Promise("the same: CPU to read it", "s", 0.5)
SIZE = Promise("the same: the compressed file", "MB", 5.0)
JUDGE = Promise("the same: CPU of every check on it", "s", 3.0)
BENT = Promise("10,000 damaged snapshots: neither refused nor the same world", "files", 0)
PROMISES = (WRITE, READ, SIZE, JUDGE, BENT)


def figures() -> Iterator[Figure]:
    """CPU seconds, the least of several rounds."""
    _, small = stage("", NOW)
    world = crowded(small, 2_000, 500)
    raw = snapshot.packed(snapshot.save(world), PACKED)
    yield measured(WRITE, _least(lambda: snapshot.packed(snapshot.save(world), PACKED)))
    yield measured(READ, _least(lambda: _read(raw)))
    yield measured(SIZE, len(raw) / 1e6)
    yield Figure("the same, not compressed", "MB", len(snapshot.save(world)) / 1e6)
    loaded, checks = _read(raw), Bench().checks
    yield measured(JUDGE, _least(lambda: diagnose(loaded, checks)))
    yield measured(BENT, sum(bool(bent_snapshots.wrong(seed)) for seed in range(10_000)))


def _read(raw: bytes) -> World:
    return snapshot.load(snapshot.unpacked(raw, PACKED).decode())


def _least(run: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return min(taken)
