"""`--fix --wait`: the run goes on by itself when what was to be done by hand is seen."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, broken, holds
from keystone_check.model.outcome import Check
from keystone_check.model.world import World
from tests.cli.build import Outside, audience_check, command, world
from tests.reports import build

HAND = Repair("rebuild the hosts", Safety.MANUAL, "they are not here", steps=("nixos-rebuild switch",))


def by_hand() -> Check:
    """A check that only somebody's hands mend: they move the clock of the facts."""
    made = build.check("hosts_are_rebuilt", needs=("now",))

    def judge(now: int) -> Iterator[Finding]:
        evidence = Evidence("hosts", "rebuilt", "as before")
        yield holds("host") if now == 1 else broken("host", "The host is as before.", evidence, HAND)

    return replace(made, judge=judge)


def seen(now: int) -> World:
    return replace(world(), now=now)


def test_what_is_done_by_hand_is_waited_for_and_the_rest_is_mended_then() -> None:
    rebuilt = replace(seen(1), providers=world(("bar",)).providers)
    outside = Outside([by_hand(), audience_check()], seen(0), later=[seen(0), rebuilt])
    ran = command(outside, "--fix", "--yes", "--wait", "60", "--every", "5")
    assert ran.code == 0
    assert len(outside.written) == 2
    assert outside.seconds == 10
    assert "  nixos-rebuild switch" in ran.err
    assert "Every link holds" in ran.out


def test_what_is_not_done_in_time_is_still_said() -> None:
    outside = Outside([by_hand(), audience_check()], seen(0))
    ran = command(outside, "--fix", "--yes", "--wait", "20", "--every", "5")
    assert (ran.code, len(outside.written), outside.seconds) == (1, 1, 20)
    assert "waited 20 s" in ran.err
    assert "nixos-rebuild switch" in ran.out


def test_where_nothing_is_to_be_done_by_hand_nothing_is_waited_for() -> None:
    outside = Outside([audience_check()])
    assert command(outside, "--fix", "--yes", "--wait").code == 0
    assert outside.seconds == 0


def test_of_two_things_to_do_each_is_taken_up_when_it_is_done() -> None:
    checks = [by_hand(), replace(audience_check(), judge=_without_repair)]
    done = replace(seen(1), providers=Subjects())
    outside = Outside(checks, seen(0), later=[seen(1), done])
    assert command(outside, "--fix", "--yes", "--wait", "60", "--every", "5").code == 0
    assert outside.seconds == 10


def _without_repair(providers: Subjects[object]) -> Iterator[Finding]:
    for name, _ in providers.seen():
        yield broken(
            name, "It is here.", Evidence("iam", "nothing", "it"), replace(HAND, title="take it away")
        )


@pytest.mark.parametrize("more", ["--dry-run", "--count=2"])
def test_a_run_that_writes_nothing_waits_for_nothing(more: str) -> None:
    ran = command(Outside([audience_check()]), "--fix", "--wait", more)
    assert ran.code == 2
