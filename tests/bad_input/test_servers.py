"""Some API servers are down, or none of them can be reached by its own address."""

from collections.abc import Iterable
from dataclasses import replace

from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.world import World
from keystone_check.sandbox.worlds import with_servers
from tests.bad_input.looking import CHAIN, judged, served

FOUR = tuple(f"10.0.0.{number}:6443" for number in (5, 6, 7, 8))
COMPARED = {
    "api_servers_name_the_same_issuer",
    "api_servers_sign_with_the_same_keys",
    "every_servers_key_is_published",
}


def down(world: World, addresses: Iterable[str]) -> World:
    """Four API servers, of which these are down."""
    world = with_servers(world, *FOUR)
    assert isinstance(world.servers, Subjects)
    servers = world.servers
    for address in addresses:
        servers = servers.put(address, Missing(address, "down"))
    return replace(world, servers=servers)


def test_with_half_of_the_api_servers_down_everything_else_is_judged() -> None:
    with served(edit=lambda world: down(world, FOUR[2:])) as sandbox:
        found = judged(sandbox.access)
    assert found.code == 3
    assert found.checks("holds") == CHAIN - COMPARED
    for check in COMPARED:
        assert found.statuses[check] == {"holds", "blocked"}
    for address in FOUR[2:]:
        assert found.says(f"the cluster at https://{address} cannot be reached: connection refused")


def test_from_outside_their_network_api_servers_are_not_compared_and_nothing_is_amiss() -> None:
    with served(edit=lambda world: down(world, FOUR)) as sandbox:
        found = judged(sandbox.access)
    assert found.code == 0
    assert found.checks("not_applicable") >= COMPARED
    assert found.checks("holds") == CHAIN - COMPARED
