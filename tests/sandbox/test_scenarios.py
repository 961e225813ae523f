"""Each public incident: its cause, as the facts have it, is what the report begins with."""

import pytest

from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.model.finding import Finding
from keystone_check.probes.gather import gather
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.scenarios import SCENARIOS
from keystone_check.sandbox.scenarios.scenario import Scenario
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW

CHECKS = load()
every_scenario = pytest.mark.parametrize(
    "told", SCENARIOS.values(), ids=[f"{told.number:02d}-{told.id}" for told in SCENARIOS.values()]
)


@every_scenario
def test_its_headline_names_the_cause(told: Scenario) -> None:
    ground = Ground.make()
    with serve(told.apply(healthy(ground, NOW)), ground, clock=lambda: NOW) as serving:
        world = gather(serving.access, clock=lambda: NOW)
    assert world == serving.world
    headline = diagnose(world, CHECKS).headline
    assert headline is not None
    assert headline.check.id == told.headline
    assert told.says in words(headline.finding)


def words(finding: Finding) -> str:
    """All that a finding says."""
    evidence = finding.evidence
    assert evidence is not None
    return "\n".join((finding.subject, finding.message, evidence.expected, evidence.seen))


@every_scenario
def test_it_says_where_it_was_reported(told: Scenario) -> None:
    assert told.sources
    assert all(source.startswith("https://") for source in told.sources)
    assert told.title


def test_no_two_have_a_number_and_none_has_a_faults_name() -> None:
    numbers = [told.number for told in SCENARIOS.values()]
    assert len(set(numbers)) == len(numbers)
    assert SCENARIOS.keys().isdisjoint(FAULTS)
