"""pytest --keystone-cluster=sandbox:FAULT for every fault: exactly the checks that the fault names fail."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from pathlib import Path

import pytest

from keystone_check import checks
from keystone_check.sandbox.faults import FAULTS
from tests.environment import bare

HEALTHY = "sandbox"


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Cluster to the checks that failed on it, from one run over all of them in an empty folder."""
    folder = tmp_path_factory.mktemp("empty")
    clusters = (HEALTHY, *(f"sandbox:{name}" for name in FAULTS))
    options = [f"--keystone-cluster={name}" for name in clusters]
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, *options], cwd=folder, env=bare(), capture_output=True, text=True, check=False
    )
    assert run.returncode == 1, run.stdout[-3000:] + run.stderr[-3000:]
    return _failing(report, clusters)


def _failing(report: Path, clusters: tuple[str, ...]) -> dict[str, set[str]]:
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
    return found


def test_nothing_fails_on_the_healthy_sandbox(failing: dict[str, set[str]]) -> None:
    assert failing.get(HEALTHY, set()) == set()


@pytest.mark.parametrize("fault", FAULTS)
def test_exactly_the_checks_that_the_fault_names_fail(fault: str, failing: dict[str, set[str]]) -> None:
    assert failing[f"sandbox:{fault}"] == FAULTS[fault].breaks | FAULTS[fault].blocks
