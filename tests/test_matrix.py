"""pytest --keystone-cluster=NAME for every fault: exactly the checks that the fault names fail.

What a sandbox with the fault shows is the fault's world (`tests/sandbox/test_serve.py`), so most runs read
that world from a snapshot; some reach the sandbox itself.
"""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from keystone_check import checks, snapshot
from keystone_check.sandbox.faults import FAULTS
from tests.environment import bare
from tests.sandbox.worlds import healthy_world, world_with

BATCH = 61
BATCHES = range(0, len(FAULTS), BATCH)
SERVED = (
    "audience-is-not-registered",
    "discovery-is-shut",
    "karpenter-may-not-run-instances",
    "ack-may-not-tag-buckets",
)
"""One of each kind of look: IAM, the web, an operator's permissions."""
OTHERS = ("cacheprovider", "hypothesispytest", "logging", "rerunfailures", "timeout", "xdist")
PLAIN = ["--tb=no", "--capture=no", *(f"-pno:{plugin}" for plugin in OTHERS)]
"""Only the JUnit report is read, and what other plugins do to thousands of items takes time."""


def failing(folder: Path, clusters: Iterable[str]) -> Mapping[str, set[str]]:
    """Each cluster's checks that fail, from one run over all of them in that folder."""
    names = tuple(clusters)
    report = folder / "report.xml"
    options = [f"--keystone-cluster={name}" for name in names]
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *PLAIN]
    run = subprocess.run(
        [*command, *options], cwd=folder, env=bare(), capture_output=True, text=True, check=False
    )
    assert run.returncode in (0, 1), run.stdout[-3000:] + run.stderr[-3000:]
    return _failing(report, names)


def _failing(report: Path, clusters: tuple[str, ...]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    seen: dict[str, set[str]] = defaultdict(set)
    for case in ElementTree.parse(report).iter("testcase"):
        name, _, rest = case.attrib["name"].partition("[")
        cluster = rest.rstrip("]").partition(": ")[0]
        seen[cluster].add(name)
        if case.find("failure") is not None or case.find("error") is not None:
            found[cluster].add(name)
    assert set(seen) == set(clusters)
    assert all(names == checks.index().keys() for names in seen.values())
    return {cluster: found[cluster] for cluster in clusters}


def named(fault: str) -> set[str]:
    return set(FAULTS[fault].breaks | FAULTS[fault].blocks)


@pytest.mark.parametrize("first", BATCHES)
def test_exactly_the_checks_that_a_fault_names_fail(first: int, tmp_path: Path) -> None:
    faults = list(FAULTS)[first : first + BATCH]
    for fault in faults:
        (tmp_path / f"{fault}.json").write_text(snapshot.save(world_with(fault)))
    found = failing(tmp_path, (f"snapshot:{fault}.json" for fault in faults))
    assert found == {f"snapshot:{fault}.json": named(fault) for fault in faults}


def test_nothing_fails_on_the_healthy_world(tmp_path: Path) -> None:
    (tmp_path / "healthy.json").write_text(snapshot.save(healthy_world()))
    clusters = ("snapshot:healthy.json", "sandbox")
    assert failing(tmp_path, clusters) == {cluster: set() for cluster in clusters}


def test_a_sandbox_fails_as_its_world_does(tmp_path: Path) -> None:
    found = failing(tmp_path, (f"sandbox:{fault}" for fault in SERVED))
    assert found == {f"sandbox:{fault}": named(fault) for fault in SERVED}
