"""Providers in the issuer's place are judged, unless an API server accepts their issuer; others are named."""

from dataclasses import replace

from keystone_check.checks import load
from keystone_check.checks.posture.providers_are_in_use import judge
from keystone_check.diagnosis import diagnose
from keystone_check.model.aws import Caller
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.finding import Status
from keystone_check.model.servers import ISSUER
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import with_arguments
from keystone_check.sandbox.variants import VARIANTS
from tests.checks.injection.build import one
from tests.sandbox.worlds import ground
from tests.worlds import NOW

(CHECK,) = load(["providers_are_in_use"])
CALLER = Caller("arn:aws:iam::111122223333:user/engineer", "111122223333", "eu-central-1")
HOST = "oidc.keystone.example"
NOTHING_SHOWN = Absent("server_arguments", "no node and no pod shows them")


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
    assert status(replace(migrating(), server_arguments=NOTHING_SHOWN)) is Status.BROKEN


def test_where_the_arguments_may_not_be_read_nobody_can_tell() -> None:
    unread = Missing("server_arguments", "list nodes: 403", "list nodes")
    assert status(replace(migrating(), server_arguments=unread)) is Status.BLOCKED


def arns(*urls: str) -> tuple[str, ...]:
    """Providers of the account."""
    return tuple(f"arn:aws:iam::{CALLER.account}:oidc-provider/{url}" for url in urls)


def test_providers_of_other_hosts_are_named_and_are_no_defect() -> None:
    others = [f"host-{number}.example" for number in range(7)]
    finding = one(judge(Issuer(f"https://{HOST}", ""), arns(HOST, *others), CALLER, NOTHING_SHOWN))
    assert finding.status is Status.HOLDS
    assert "https://host-0.example" in finding.message
    assert finding.message.endswith("https://host-4.example and 2 more")


def test_a_provider_on_the_issuers_host_is() -> None:
    finding = one(judge(Issuer(f"https://{HOST}", ""), arns(HOST, f"{HOST}/former"), CALLER, NOTHING_SHOWN))
    assert (finding.status, finding.subject) == (Status.BROKEN, *arns(f"{HOST}/former"))


def test_an_account_with_nothing_else_has_nothing_to_tell() -> None:
    assert one(judge(Issuer(f"https://{HOST}", ""), arns(HOST), CALLER, NOTHING_SHOWN)).message == ""
