"""Each public incident: its cause, as the facts have it, is what the report begins with."""

import pytest

from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.model.change import SetAccountPublicAccess, SetBucketPolicy, SetBucketPublicAccess
from keystone_check.model.finding import Finding, Safety
from keystone_check.model.outcome import Diagnosis
from keystone_check.probes.gather import gather
from keystone_check.remedy.mend import rehearsed
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.scenarios import SCENARIOS
from keystone_check.sandbox.scenarios.scenario import Scenario
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import healthy
from keystone_check.why.answer import State, answer, on_cluster
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
    diagnosis = diagnose(world, CHECKS)
    if told.headline:
        assert diagnosis.headline is not None
        assert diagnosis.headline.check.id == told.headline
        assert told.says in words(diagnosis.headline.finding)
    else:
        assert (told.cause, State.UNJUDGED) in unexcluded(told.message, diagnosis)
        assert all(state is State.UNJUDGED for _, state in unexcluded(told.message, diagnosis))


def unexcluded(message: str, diagnosis: Diagnosis) -> list[tuple[str, State]]:
    """The causes of the message that are left on a cluster on which every link holds."""
    assert diagnosis.headline is None
    judged = on_cluster(answer(message), diagnosis, "sandbox").judged
    return [(each.cause.id, each.state) for each in judged if each.state is not State.EXCLUDED]


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


def test_two_of_one_number_had_two_causes_and_none_has_a_faults_name() -> None:
    causes = [(told.number, told.headline, told.says, told.cause) for told in SCENARIOS.values()]
    assert len(set(causes)) == len(causes)
    assert SCENARIOS.keys().isdisjoint(FAULTS)


def test_every_incident_is_here() -> None:
    assert {told.number for told in SCENARIOS.values()} == set(range(1, 48))


@pytest.mark.parametrize(
    "name",
    [
        "bucket-was-made-after-april-2023",
        "policy-was-put-before-the-block-was-lifted",
        "account-blocks-the-policy-of-its-administrator",
    ],
)
def test_a_plan_lifts_the_block_before_it_puts_the_policy(name: str) -> None:
    world = SCENARIOS[name].apply(healthy(Ground.make(), NOW))
    promised = rehearsed(world, CHECKS, frozenset(Safety))
    lifted, put = (type(step.change) for step in promised.applied)
    assert lifted in (SetBucketPublicAccess, SetAccountPublicAccess)
    assert put is SetBucketPolicy
    assert promised.after.headline is None
