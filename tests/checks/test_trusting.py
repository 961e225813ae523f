"""A repair of a trust policy never shuts out an account that nobody could read."""

from dataclasses import replace

from keystone_check import checks
from keystone_check.diagnosis import findings
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Repair, Safety
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import VICTIM
from tests.sandbox.worlds import world_with

(PINS,) = checks.load(["trust_pins_the_subject"])
UNREAD = "karpenter/karpenter"


def repair(world: World) -> Repair:
    (found,) = (item.repair for item in findings(world, PINS) if item.subject == VICTIM)
    assert found is not None
    return found


def unread(world: World) -> World:
    assert isinstance(world.accounts, Subjects)
    gap = Missing(UNREAD, "get serviceaccounts karpenter: forbidden", "get serviceaccounts")
    return replace(world, accounts=world.accounts.put(UNREAD, gap))


def test_narrowing_waits_while_an_account_could_not_be_read() -> None:
    world = world_with("trust-pins-no-subject")
    assert repair(world).safety is Safety.UNSAFE
    held = repair(unread(world))
    assert held.safety is Safety.MANUAL
    assert UNREAD in held.reason
    assert held.changes == ()
    assert any("update-assume-role-policy --role-name api" in step for step in held.steps)


def test_letting_in_more_does_not_wait() -> None:
    assert repair(unread(world_with("trust-names-another-namespace"))).safety is Safety.SAFE
