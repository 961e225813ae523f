"""STS says something else than the facts foretell."""

from dataclasses import replace

from keystone_check.model.exchange import Answer, Event, Trail, nothing_recorded
from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import VICTIM
from keystone_check.sandbox.faults.fault import fault

DENIED = Answer("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")


@fault(breaks=("live_answer_agrees_with_the_prediction",))
def organization_denies_the_exchange(world: World) -> World:
    """A policy of the organization, which nobody here may read, denies the exchange for one role."""
    assert isinstance(world.answers, Subjects)
    assert isinstance(world.recorded, Trail)
    refused = replace(nothing_recorded(VICTIM), refused=Event(world.now - 600, DENIED.code, DENIED.message))
    exchanges = world.recorded.exchanges.put(VICTIM, refused)
    return replace(
        world,
        answers=world.answers.put(VICTIM, DENIED),
        recorded=replace(world.recorded, exchanges=exchanges),
    )


@fault(breaks=("recorded_exchanges_agree",))
def pods_are_refused_unseen(world: World) -> World:
    """STS was not asked, and CloudTrail's last event of one account is an unforeseen refusal."""
    assert isinstance(world.recorded, Trail)
    event = Event(world.now - 600, DENIED.code, "An unknown error occurred")
    recorded = replace(nothing_recorded(VICTIM), accepted=Event(world.now - 7200, "", ""), refused=event)
    return replace(
        world,
        answers=Absent("answers", "--live was not given"),
        dry_runs=Absent("dry_runs", "--live was not given"),
        recorded=replace(world.recorded, exchanges=world.recorded.exchanges.put(VICTIM, recorded)),
    )


@fault(breaks=("recorded_requests_fit",))
def library_asks_for_a_longer_session(world: World) -> World:
    """A library asks for sessions of six hours by itself, and the role allows one."""
    return _asking(world, seconds=21600)


@fault(breaks=("recorded_requests_fit",))
def library_names_a_provider_id(world: World) -> World:
    """A library sends a ProviderId with its token, which is for OAuth 2.0 alone."""
    return _asking(world, provider_id="oidc.example")


def _asking(world: World, seconds: int = 3600, provider_id: str = "") -> World:
    """The last request of one account named these, and was refused."""
    assert isinstance(world.recorded, Trail)
    event = Event(world.now - 600, "ValidationError", "An unknown error occurred", seconds, provider_id)
    recorded = replace(nothing_recorded(VICTIM), accepted=Event(world.now - 7200, "", ""), refused=event)
    exchanges = world.recorded.exchanges.put(VICTIM, recorded)
    return replace(world, recorded=replace(world.recorded, exchanges=exchanges))
