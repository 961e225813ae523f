"""Chains from the cellar: the same at each question, public or not, served as they are named."""

from dataclasses import replace

from keystone_check.model.facts import Subjects
from keystone_check.model.web import Chain
from keystone_check.probes.gather import gather
from keystone_check.sandbox import cellar
from keystone_check.sandbox.cellar import Wanted
from keystone_check.sandbox.faults.editing import with_provider
from keystone_check.sandbox.faults.hosts import KEY_HOST, issuer_chain, with_key_host
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW

PUBLIC = Wanted((KEY_HOST,), public=True)


def test_what_is_described_alike_is_the_same_chain() -> None:
    assert cellar.chain(KEY_HOST, PUBLIC) == cellar.chain(KEY_HOST, Wanted((KEY_HOST,), public=True))


def test_a_public_and_a_private_host_stand_side_by_side_in_one_world() -> None:
    ground = Ground.make()
    world = with_key_host(healthy(ground, NOW), PUBLIC)
    with serve(world, ground, clock=lambda: NOW) as serving:
        seen = gather(serving.access, clock=lambda: NOW)
    assert seen == serving.world
    assert trusted(seen.chains) == {issuer_chain(world).host: False, KEY_HOST: True}


def test_a_world_of_a_public_host_alone_needs_no_thumbprint() -> None:
    ground = Ground.make()
    world = healthy(ground, NOW)
    host = issuer_chain(world).host
    public = cellar.chain(host, Wanted((host,), public=True))
    world = with_provider(replace(world, chains=Subjects(((host, public),))), thumbprints=("ab" * 20,))
    with serve(world, ground, clock=lambda: NOW) as serving:
        assert gather(serving.access, clock=lambda: NOW) == serving.world


def trusted(chains: Subjects[Chain]) -> dict[str, bool]:
    return {host: chain.publicly_trusted for host, chain in chains.seen()}
