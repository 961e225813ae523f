"""Several clusters of one account: each as it is served, and the account read once for all of them."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from keystone_check import checks
from keystone_check.diagnosis import diagnose
from keystone_check.gate import Verdict, verdict
from keystone_check.model.access import Access
from keystone_check.model.world import World
from keystone_check.probes.gather import gather
from keystone_check.probes.limits import side_by_side
from keystone_check.probes.shared import Shared
from keystone_check.sandbox.fleet import Fleet, serve_fleet


def look(accesses: Sequence[Access]) -> list[World]:
    return side_by_side(partial(gather, shared=Shared()), accesses)


def asked(fleet: Fleet, number: int) -> int:
    """Requests to AWS for a look at so many of the clusters."""
    fleet.pace.answered.clear()
    look(fleet.accesses[:number])
    return fleet.pace.answered["AWS"]


def test_each_cluster_of_an_account_is_seen_as_it_is_and_the_account_is_read_once() -> None:
    with serve_fleet(6, 2) as fleet:
        seen = look(fleet.accesses)
        for world, served in zip(seen, fleet.worlds, strict=True):
            # Tokens are minted anew, and time has passed.
            assert replace(world, now=served.now, tokens=served.tokens, clocks=served.clocks) == served
            assert verdict(diagnose(world, checks.load())) is Verdict.HOLDS
        one, two, six = (asked(fleet, number) for number in (1, 2, 6))
        own = two - one
        # The bucket, the provider and the roles of each are its own; of the account nothing is asked again.
        assert six == one + 5 * own
        assert own < one
        events = [replace(access, cloudtrail=True) for access in fleet.accesses]
        fleet.pace.answered.clear()
        look(events)
        assert fleet.pace.answered["AWS"] == six + 1
        fleet.pace.answered.clear()
        look([replace(fleet.accesses[0], name=name) for name in "abcdef"])
        assert fleet.pace.answered["AWS"] == one
