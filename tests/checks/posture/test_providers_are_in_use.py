"""A provider beside the issuer's is in use as long as an API server accepts its issuer."""

from dataclasses import replace

from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.finding import Status
from keystone_check.model.servers import ISSUER
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import with_arguments
from keystone_check.sandbox.variants import VARIANTS
from tests.sandbox.worlds import ground
from tests.worlds import NOW

(CHECK,) = load(["providers_are_in_use"])


def migrating() -> World:
    return VARIANTS["two-issuers-in-one-bucket"].world(ground(), NOW)


def status(world: World) -> Status:
    (outcome,) = diagnose(world, (CHECK,)).outcomes
    return outcome.status


def test_the_former_issuers_provider_is_in_use_during_a_migration() -> None:
    assert status(migrating()) is Status.HOLDS


def test_it_is_left_over_when_no_api_server_accepts_the_former_issuer() -> None:
    world = migrating()
    issuer = getattr(world.issuer, "url", "")
    assert status(with_arguments(world, f"{ISSUER}={issuer}")) is Status.BROKEN


def test_where_no_api_server_shows_its_arguments_it_counts_as_left_over() -> None:
    unshown = Absent("server_arguments", "no node and no pod shows them")
    assert status(replace(migrating(), server_arguments=unshown)) is Status.BROKEN


def test_where_the_arguments_may_not_be_read_nobody_can_tell() -> None:
    unread = Missing("server_arguments", "list nodes: 403", "list nodes")
    assert status(replace(migrating(), server_arguments=unread)) is Status.BLOCKED
