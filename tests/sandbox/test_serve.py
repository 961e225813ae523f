"""gather(serve(world)) == world: the sandbox and the probes are each other's test."""

from dataclasses import replace

import pytest

from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.servers import Server
from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.probes.gather import gather
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW


@pytest.mark.parametrize("fault", [None, *FAULTS])
def test_what_is_gathered_is_what_is_served(fault: str | None) -> None:
    ground = Ground.make()
    world = healthy(ground, NOW)
    if fault is not None:
        world = FAULTS[fault].apply(world)
    with serve(world, ground, clock=lambda: NOW) as serving:
        assert timeless(gather(serving.access, clock=lambda: NOW)) == serving.world


def timeless(world: World) -> World:
    """The world without how long its documents took: that is the machine's, not the world's."""
    servers = world.servers
    if isinstance(servers, Subjects):
        servers = Subjects(tuple((name, _of_server(it)) for name, it in servers))
    return replace(
        world,
        discovery=_timeless(world.discovery),
        key_set=_timeless(world.key_set),
        cluster_discovery=_timeless(world.cluster_discovery),
        cluster_keys=_timeless(world.cluster_keys),
        servers=servers,
    )


def _of_server(server: Server | Absent | Missing) -> Server | Absent | Missing:
    if not isinstance(server, Server):
        return server
    return Server(_timeless(server.discovery), _timeless(server.key_set))


def _timeless(answer: Response | Missing) -> Response | Missing:
    return answer if isinstance(answer, Missing) else replace(answer, seconds=0)
