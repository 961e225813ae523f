"""What STS would answer after a change: the law's word, or what it said against the law before."""

from dataclasses import replace

from keystone_check.model.change import SetClientIds
from keystone_check.model.exchange import GRANTED, Answer
from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.world import World
from keystone_check.remedy.rehearse import rehearse
from keystone_check.sandbox.faults.editing import VICTIM, provider_of
from tests.sandbox.worlds import world_with

FAULT = "audience-is-not-registered"


def mended(world: World) -> World:
    provider = provider_of(world)
    after = (*provider.client_ids, "sts.amazonaws.com")
    return rehearse(world, [SetClientIds(provider.arn, provider.client_ids, after)])


def test_a_refusal_that_the_law_foretold_goes_with_its_cause() -> None:
    before = world_with(FAULT)
    assert isinstance(before.answers, Subjects)
    assert before.answers[VICTIM] == Answer("InvalidIdentityToken", "Incorrect token audience")
    after = mended(before).answers
    assert isinstance(after, Subjects)
    assert after[VICTIM] == GRANTED


def test_a_refusal_that_it_did_not_foretell_stays() -> None:
    denied = Answer("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
    before = world_with(FAULT)
    assert isinstance(before.answers, Subjects)
    after = mended(replace(before, answers=before.answers.put(VICTIM, denied))).answers
    assert isinstance(after, Subjects)
    assert after[VICTIM] == denied


def test_what_was_not_asked_is_not_answered() -> None:
    unasked = Absent("answers", "--live was not given")
    assert mended(replace(world_with(FAULT), answers=unasked)).answers == unasked
