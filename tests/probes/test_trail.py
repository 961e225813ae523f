"""CloudTrail's record, page by page, from the sandbox and from servers that misbehave."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from keystone_check import snapshot
from keystone_check.model.exchange import Event, Recorded, Trail
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.world import World
from keystone_check.probes.gather import gather
from keystone_check.probes.trail import LATE, History
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving, serve
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW

NEEDS = frozenset({"recorded"})


@contextmanager
def sandbox(bent: object = None, denied: tuple[str, ...] = ()) -> Iterator[tuple[World, Serving]]:
    ground = Ground.make()
    world = healthy(ground, NOW)
    world = bent(world) if callable(bent) else world
    with serve(world, ground, clock=lambda: NOW, denied=denied) as serving:
        yield world, serving


def test_the_last_of_each_kind_is_kept_for_each_account() -> None:
    with sandbox() as (world, serving):
        assert gather(serving.access, NEEDS, clock=lambda: NOW).recorded == world.recorded


def test_what_is_older_than_twelve_hours_is_not_looked_at() -> None:
    def old(world: World) -> World:
        assert isinstance(world.recorded, Trail)
        event = Event(NOW - 13 * 3600, "", "")
        exchanges = world.recorded.exchanges
        recorded = exchanges["app/api"]
        assert isinstance(recorded, Recorded)
        exchanges = exchanges.put("app/api", replace(recorded, accepted=event))
        return replace(world, recorded=replace(world.recorded, exchanges=exchanges))

    with sandbox(old) as (_, serving):
        found = gather(serving.access, NEEDS, clock=lambda: NOW).recorded
    assert isinstance(found, Trail)
    recorded = found.exchanges["app/api"]
    assert isinstance(recorded, Recorded)
    assert isinstance(recorded.last, Absent)
    assert found.since == NOW - 12 * 3600


def test_many_events_are_read_page_by_page() -> None:
    with sandbox() as (world, serving):
        assert isinstance(world.accounts, Subjects)
        account = dict(world.accounts.seen())["app/api"]
        events = serving.events
        newest = events[0]
        events[:0] = [
            {**newest, "EventTime": NOW - 400, "CloudTrailEvent": '{"requestParameters": null}'}
            for _ in range(120)
        ]
        found = gather(serving.access, NEEDS, clock=lambda: NOW).recorded
    assert account.role_arn
    assert found == world.recorded


def test_without_the_right_it_is_missing_and_names_it() -> None:
    with sandbox(denied=("cloudtrail:LookupEvents",)) as (_, serving):
        found = gather(serving.access, NEEDS, clock=lambda: NOW).recorded
    assert isinstance(found, Missing)
    assert found.permission == "cloudtrail:LookupEvents"


def test_nobody_asks_for_it_unless_the_option_is_given() -> None:
    with sandbox() as (_, serving):
        access = replace(serving.access, cloudtrail=False, live=False)
        world = gather(access, NEEDS | {"answers"}, clock=lambda: NOW)
        asked = serving.asked()
    assert world.recorded == Absent("recorded", "--cloudtrail was not given")
    assert world.answers == Absent("answers", "--live was not given")
    assert "cloudtrail:LookupEvents" not in asked
    assert "create serviceaccounts/token" not in asked


def test_a_real_exchange_is_recorded_and_shows_five_minutes_later() -> None:
    with sandbox() as (_, serving):
        gather(serving.access, frozenset({"answers"}), clock=lambda: NOW)
        soon = gather(serving.access, NEEDS, clock=lambda: NOW).recorded
        recorded = len(serving.events)
    assert isinstance(soon, Trail)
    assert recorded == 6
    last = soon.exchanges["app/api"]
    assert isinstance(last, Recorded)
    assert isinstance(last.last, Event)
    assert last.last.at == NOW - 3600


def test_a_role_of_another_and_a_token_beside_it_are_dropped() -> None:
    with sandbox() as (world, serving):
        body = {
            "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/other"},
            "responseElements": {"credentials": {"sessionToken": "a-session-token"}},
        }
        serving.events[0]["CloudTrailEvent"] = json.dumps(body)
        found = gather(serving.access, NEEDS, clock=lambda: NOW)
    assert "a-session-token" not in snapshot.save(found)
    assert isinstance(found.recorded, Trail)
    assert isinstance(world.recorded, Trail)
    assert found.recorded.exchanges != world.recorded.exchanges


@pytest.mark.parametrize("text", ["no JSON", "[]", "a-session-token"])
def test_an_event_that_is_no_object_is_a_gap_and_not_quoted(text: str) -> None:
    with sandbox() as (_, serving):
        serving.events[0]["CloudTrailEvent"] = text
        found = gather(serving.access, NEEDS, clock=lambda: NOW).recorded
    assert isinstance(found, Missing)
    assert found.because == "cloudtrail:LookupEvents: an event is no JSON object"


def test_with_little_time_left_the_trail_says_how_far_back_it_was_read() -> None:
    with sandbox() as (_, serving):
        serving.events[:] = [{**serving.events[0], "EventTime": NOW - 400 - number} for number in range(200)]
        access = replace(serving.access, budget_seconds=4.0)
        found = gather(access, NEEDS, clock=lambda: NOW).recorded
    assert isinstance(found, Trail)
    assert found.since in (NOW - 12 * 3600, *(NOW - 400 - last for last in (49, 99, 149)))


def test_a_second_look_asks_for_the_latest_events_alone_and_knows_the_former() -> None:
    history = History()
    with sandbox() as (world, serving):
        first = gather(serving.access, NEEDS, clock=lambda: NOW, history=history).recorded
        kept = [event for event in serving.events if event["EventTime"] > NOW - LATE]
        assert len(kept) < len(serving.events)
        serving.events[:] = kept
        again = gather(serving.access, NEEDS, clock=lambda: NOW, history=history).recorded
        afresh = gather(serving.access, NEEDS, clock=lambda: NOW).recorded
    assert first == again == world.recorded
    assert afresh != again


def test_what_a_request_named_beside_its_token_is_kept() -> None:
    with sandbox() as (_, serving):
        body = json.loads(serving.events[0]["CloudTrailEvent"])
        body["requestParameters"] |= {"durationSeconds": 21600, "providerId": "www.amazon.com"}
        serving.events[0]["CloudTrailEvent"] = json.dumps(body)
        found = gather(serving.access, NEEDS, clock=lambda: NOW).recorded
    assert isinstance(found, Trail)
    told = [each.last for _, each in found.exchanges.seen() if isinstance(each.last, Event)]
    assert [(it.seconds, it.provider_id) for it in told if it.seconds] == [(21600, "www.amazon.com")]
