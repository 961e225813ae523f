"""Each API server by its own address, and what is asked of the one that answers."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from keystone_check.model.access import Access
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.servers import ApiToken, Server
from keystone_check.model.world import World
from keystone_check.probes.kube import Kube
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.servers import api_token, discovery_access, servers
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import SERVERS, healthy, with_servers
from tests.worlds import NOW


@contextmanager
def serving(edit: Callable[[World], World], *denied: str) -> Iterator[tuple[Access, World]]:
    """A sandbox of its own with an edited world: how to reach it, and the world."""
    ground = Ground.make()
    world = edit(healthy(ground, NOW))
    with serve(world, ground, clock=lambda: NOW, denied=denied) as sandbox:
        yield sandbox.access, world


def one(world: World) -> World:
    return world


def three(world: World) -> World:
    return with_servers(world, *SERVERS)


def test_the_only_server_is_not_asked_again() -> None:
    with serving(one) as (access, _):
        found = servers(Kube(access))
    assert isinstance(found, Subjects)
    ((address, server),) = found
    assert address == SERVERS[0]
    assert isinstance(server, Absent)


def test_a_server_that_is_down_is_a_gap_beside_the_others() -> None:
    def edit(world: World) -> World:
        servers = three(world).servers
        assert isinstance(servers, Subjects)
        return replace(world, servers=servers.put(SERVERS[1], Missing(SERVERS[1], "down")))

    with serving(edit) as (access, _):
        found = servers(Kube(access))
    assert isinstance(found, Subjects)
    assert [address for address, _ in found.seen()] == [SERVERS[0], SERVERS[2]]
    gap = found[SERVERS[1]]
    assert isinstance(gap, Missing)
    assert f"https://{SERVERS[1]} cannot be reached: connection refused" in gap.because


def test_a_document_that_may_not_be_read_is_a_gap_of_its_own() -> None:
    with serving(three, "get /openid/v1/jwks") as (access, world):
        found = servers(Kube(access))
        only_documents = servers(Kube(access), frozenset({"servers.discovery"}))
    assert isinstance(found, Subjects)
    server = found[SERVERS[0]]
    assert isinstance(server, Server)
    assert server.discovery == world.cluster_discovery
    assert isinstance(server.key_set, Missing)
    assert server.key_set.permission == "get /openid/v1/jwks"
    assert isinstance(only_documents, Subjects)
    assert "forbidden" not in str(only_documents)


def test_a_cluster_that_does_not_list_its_servers() -> None:
    def unlisted(world: World) -> World:
        return replace(world, servers=Absent("servers", "none"))

    with serving(unlisted) as (access, _):
        assert isinstance(servers(Kube(access)), Absent)
    with (
        serving(unlisted, "get endpointslices.discovery.k8s.io") as (access, _),
        pytest.raises(ReadError, match="403"),
    ):
        servers(Kube(access))


def test_credentials_are_shown_to_no_server_that_nobody_can_tell_from_another(tmp_path: Path) -> None:
    with serving(three) as (access, _):
        config = json.loads(Path(access.kubeconfig).read_text())
        (entry,) = config["clusters"]
        entry["cluster"] = {"server": entry["cluster"]["server"], "insecure-skip-tls-verify": True}
        loose = tmp_path / "kubeconfig"
        loose.write_text(json.dumps(config))
        kube = Kube(replace(access, kubeconfig=str(loose)))
        with pytest.raises(ReadError, match="names no authority by which to know it"):
            kube.towards(SERVERS[0])


def test_a_token_is_asked_for_without_an_audience() -> None:
    with serving(one) as (access, world):
        assert isinstance(world.accounts, Subjects)
        assert api_token(Kube(access), world.accounts) == world.api_token
        assert isinstance(world.api_token, ApiToken)
        assert isinstance(api_token(Kube(access), Subjects()), Absent)


def test_who_may_read_the_documents_is_a_gap_where_nobody_may_ask() -> None:
    review = "create subjectaccessreviews.authorization.k8s.io"
    with serving(one, review) as (access, _):
        found = discovery_access(Kube(access))
    gaps = [fact for _, fact in found]
    assert [fact.permission for fact in gaps if isinstance(fact, Missing)] == [review, review]
