"""STS's own answers: granted, refused in its words, or not to be had."""

from keystone_check.model.exchange import GRANTED, Answer
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.world import World
from keystone_check.probes.gather import gather
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW


def answers(fault: str = "", *denied: str) -> Subjects[Answer] | object:
    ground = Ground.make()
    world: World = healthy(ground, NOW)
    world = FAULTS[fault].apply(world) if fault else world
    with serve(world, ground, clock=lambda: NOW, denied=denied) as serving:
        return gather(serving.access, frozenset({"answers"}), clock=lambda: NOW).answers


def test_sts_grants_to_each_account_where_every_link_holds() -> None:
    found = answers()
    assert isinstance(found, Subjects)
    assert {answer for _, answer in found} == {GRANTED}


def test_a_refusal_is_told_in_the_words_of_sts() -> None:
    found = answers("audience-is-not-registered")
    assert isinstance(found, Subjects)
    assert found["app/api"] == Answer("InvalidIdentityToken", "Incorrect token audience")


def test_what_the_law_does_not_know_shows_in_the_answer() -> None:
    found = answers("organization-denies-the-exchange")
    assert isinstance(found, Subjects)
    assert found["app/api"] == Answer(
        "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"
    )
    assert found["karpenter/karpenter"] == GRANTED


def test_a_bent_arn_reaches_sts_as_it_is() -> None:
    found = answers("role-arn-has-a-colon")
    assert isinstance(found, Subjects)
    assert found["app/api"] == Answer("ValidationError", "Request ARN is invalid")


def test_without_a_token_there_is_no_answer() -> None:
    found = answers("", "create serviceaccounts/token")
    assert isinstance(found, Subjects)
    missing = found["app/api"]
    assert isinstance(missing, Missing)
    assert missing.permission == "create serviceaccounts/token"
