"""The real answer and CloudTrail's record beside the prediction: who agrees, who does not."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from keystone_check import checks
from keystone_check.diagnosis import findings
from keystone_check.model.exchange import GRANTED, Answer, Event, Recorded, Trail, nothing_recorded
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Status
from keystone_check.model.outcome import Check
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import VICTIM
from tests.sandbox.worlds import healthy_world, world_with
from tests.worlds import NOW

LIVE, RECORDED, REQUESTS = checks.load(
    ["live_answer_agrees_with_the_prediction", "recorded_exchanges_agree", "recorded_requests_fit"]
)
DENIED = Answer("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
NOT_ASKED = Absent("answers", "--live was not given")


def answering(answer: Answer | Missing, fault: str | None = None) -> World:
    world = world_with(fault)
    assert isinstance(world.answers, Subjects)
    return replace(world, answers=world.answers.put(VICTIM, answer))


def recording(code: str | None, fault: str | None = None) -> World:
    """A world whose last event has this code, None for no event; STS itself was not asked."""
    world = world_with(fault)
    assert isinstance(world.recorded, Trail)
    last = nothing_recorded(VICTIM)
    if code is not None:
        event = Event(NOW - 600, code, "An unknown error occurred" if code else "")
        last = replace(last, refused=event) if code else replace(last, accepted=event)
    exchanges = world.recorded.exchanges.put(VICTIM, last)
    return replace(world, answers=NOT_ASKED, recorded=replace(world.recorded, exchanges=exchanges))


def of_victim(world: World, check: Check) -> Finding:
    return next(finding for finding in findings(world, check) if finding.subject == VICTIM)


@pytest.mark.parametrize(
    ("world", "status"),
    [
        (lambda: healthy_world(), Status.HOLDS),
        (lambda: answering(DENIED), Status.BROKEN),
        (lambda: answering(GRANTED, "trust-names-another-namespace"), Status.BROKEN),
        (lambda: answering(DENIED, "trust-names-another-namespace"), Status.HOLDS),
        (lambda: answering(Answer("InvalidIdentityToken", "Incorrect token audience")), Status.BROKEN),
        (
            lambda: answering(
                Answer("InvalidIdentityToken", "Incorrect token  audience"), "audience-is-not-registered"
            ),
            Status.HOLDS,
        ),
        (
            lambda: answering(
                Answer("InvalidIdentityToken", "Token signature invalid"), "audience-is-not-registered"
            ),
            Status.BROKEN,
        ),
        (lambda: answering(Missing(VICTIM, "STS did not answer in time")), Status.BLOCKED),
    ],
    ids=[
        "granted as foretold",
        "refused unforeseen",
        "granted unforeseen",
        "refused as foretold",
        "another code",
        "the same sentence in other white space",
        "the same code for another cause",
        "no answer",
    ],
)
def test_a_disagreement_with_the_prediction_is_broken(world: Callable[[], World], status: Status) -> None:
    assert of_victim(world(), LIVE).status is status


def test_without_the_option_there_is_nothing_to_compare() -> None:
    (finding,) = findings(replace(healthy_world(), answers=NOT_ASKED), LIVE)
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.message == "--live was not given"


def test_where_the_facts_foretell_nothing_a_refusal_is_told_and_nothing_holds() -> None:
    unseen = Missing("roles", "iam:GetRole: AccessDenied", "iam:GetRole")
    granted = replace(healthy_world(), roles=unseen)
    refused = replace(answering(DENIED), roles=unseen)
    assert of_victim(granted, LIVE).status is Status.BLOCKED
    assert of_victim(granted, LIVE).permission == "iam:GetRole"
    assert of_victim(granted, RECORDED).status is Status.BLOCKED
    assert of_victim(refused, LIVE).status is Status.BROKEN


@pytest.mark.parametrize(
    ("code", "fault", "status"),
    [
        ("", None, Status.HOLDS),
        ("AccessDenied", None, Status.BROKEN),
        ("", "trust-names-another-namespace", Status.BROKEN),
        ("AccessDenied", "trust-names-another-namespace", Status.HOLDS),
        (None, None, Status.NOT_APPLICABLE),
        (None, "audience-is-not-registered", Status.NOT_APPLICABLE),
    ],
)
def test_the_last_event_that_came_out_otherwise_is_broken(
    code: str | None, fault: str | None, status: Status
) -> None:
    assert of_victim(recording(code, fault), RECORDED).status is status


def test_where_aws_records_nothing_it_is_said() -> None:
    said = of_victim(recording(None, "audience-is-not-registered"), RECORDED).message
    assert said.startswith("no exchange is recorded in eu-central-1 in 12 hours")
    assert said.endswith("AWS records no InvalidIdentityToken")


def test_what_sts_itself_says_settles_it() -> None:
    world = replace(recording("AccessDenied"), answers=healthy_world().answers)
    finding = of_victim(world, RECORDED)
    assert finding.status is Status.HOLDS
    assert "refused with AccessDenied, 10 minutes ago; STS itself grants it now" in finding.message


def requesting(last: Recorded) -> World:
    """A world in which these are the last exchanges that were recorded of one account."""
    world = healthy_world()
    assert isinstance(world.recorded, Trail)
    exchanges = world.recorded.exchanges.put(VICTIM, last)
    return replace(world, answers=NOT_ASKED, recorded=replace(world.recorded, exchanges=exchanges))


@pytest.mark.parametrize(
    ("seconds", "provider_id", "status"),
    [
        (21600, "", Status.BROKEN),
        (3601, "", Status.BROKEN),
        (3600, "", Status.HOLDS),
        (0, "", Status.HOLDS),
        (0, "www.amazon.com", Status.BROKEN),
    ],
)
def test_a_refused_request_for_more_than_the_role_gives_is_broken(
    seconds: int, provider_id: str, status: Status
) -> None:
    refused = Event(NOW - 600, "ValidationError", "", seconds, provider_id)
    world = requesting(replace(nothing_recorded(VICTIM), refused=refused))
    assert of_victim(world, REQUESTS).status is status
    if status is Status.BROKEN:
        assert of_victim(world, RECORDED).status is Status.NOT_APPLICABLE


def test_a_request_that_was_accepted_since_holds_whatever_was_asked_before() -> None:
    refused, accepted = Event(NOW - 600, "ValidationError", "", 21600), Event(NOW - 300, "", "", 900)
    assert of_victim(requesting(Recorded(accepted, refused)), REQUESTS).status is Status.HOLDS


def test_a_role_that_nobody_may_read_blocks_only_where_a_duration_was_refused() -> None:
    refused = Event(NOW - 600, "ValidationError", "", 21600)
    world = replace(
        requesting(replace(nothing_recorded(VICTIM), refused=refused)),
        roles=Missing("roles", "iam:GetRole: AccessDenied", "iam:GetRole"),
    )
    assert of_victim(world, REQUESTS).permission == "iam:GetRole"
    others = [finding for finding in findings(world, REQUESTS) if finding.subject != VICTIM]
    assert {finding.status for finding in others} == {Status.HOLDS}
