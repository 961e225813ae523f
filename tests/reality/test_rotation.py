"""A key rotation for real: API servers with the old key, with both, with the new one alone.

AWS is the sandbox's. At each step a token of either key goes to STS and to the API server that stands then,
and what they say is what the rehearsal said beforehand.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest

from keystone_check.iam.jwk import KeySet, read_key_set
from keystone_check.model.access import Access
from keystone_check.model.aws import Bucket
from keystone_check.model.facts import Subjects
from keystone_check.model.secret import Secret
from keystone_check.model.world import World
from keystone_check.probes.gather import gather
from keystone_check.probes.kube import Kube
from keystone_check.rehearsal import keys
from keystone_check.rehearsal.asked import RotateKey
from keystone_check.rehearsal.fates import fates, walk
from keystone_check.rehearsal.stage import Stage, keys_of
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve_cloud, wall_clock
from keystone_check.sandbox.worlds import KEY_SET_KEY, healthy
from tests.reality.apiserver import ApiServer, Settings, serve, serve_beside
from tests.reality.asking import KEYS, REVIEWS
from tests.reality.build import Binaries
from tests.reality.certificates import rsa_key
from tests.reality.furnishing import K3S_DEFAULT
from tests.reality.test_suite import _create
from tests.reality.wire import ask
from tests.rehearsal.serving import Cloud, said

pytestmark = pytest.mark.reality


@dataclass(frozen=True)
class Place:
    """A real cluster whose API servers are replaced, before one sandbox's AWS."""

    cloud: Cloud
    bucket: str
    server: ApiServer

    def at(self, server: ApiServer) -> Access:
        return replace(self.cloud.access, name="reality", kubeconfig=str(server.kubeconfig()))

    def look(self, server: ApiServer) -> World:
        return gather(self.at(server))

    def minted(self, server: ApiServer) -> dict[str, Secret]:
        """A token of each account, of the key with which this server signs."""
        kube = Kube(self.at(server))
        assert isinstance(self.cloud.world.accounts, Subjects)
        accounts = [account for _, account in self.cloud.world.accounts.seen()]
        return {
            f"{it.namespace}/{it.name}": kube.mint(it.namespace, it.name, "sts.amazonaws.com")
            for it in accounts
        }

    def publish(self, *published: dict[str, object]) -> None:
        self.cloud.put(self.bucket, KEY_SET_KEY, {"keys": list(published)})


@contextmanager
def place() -> Iterator[Place]:
    ground = Ground.make()
    world = healthy(ground, wall_clock())
    issuer = f"https://keystone-oidc-{ground.number}.s3.{ground.region}.amazonaws.com"
    with serve(Settings(issuers=(issuer, K3S_DEFAULT))) as server, serve_cloud(world, ground) as access:
        assert isinstance(world.bucket, Bucket)
        assert isinstance(world.accounts, Subjects)
        kube = Kube(replace(access, name="reality", kubeconfig=str(server.kubeconfig())))
        for _, account in world.accounts.seen():
            _create(kube, account)
        yield Place(Cloud(access, world), world.bucket.name, server)


def own_keys(server: ApiServer) -> list[dict[str, object]]:
    return list(ask(server, "GET", KEYS).body["keys"])


def takes(server: ApiServer, token: Secret) -> bool:
    """Whether this API server takes it, for the audience that it was made for."""
    spec = {"token": token.reveal(), "audiences": ["sts.amazonaws.com"]}
    answer = ask(server, "POST", f"{REVIEWS}/tokenreviews", {"spec": spec})
    return bool(answer.body["status"].get("authenticated", False))


def test_a_key_is_rotated_as_it_was_rehearsed(built: Binaries) -> None:
    new = rsa_key()
    with place() as here:
        first, settings = here.server, here.server.settings
        both = replace(settings, signing_key=new, further_keys=(settings.signing_key,))
        with (
            serve_beside(first, both) as second,
            serve_beside(first, replace(settings, signing_key=new)) as third,
        ):
            (old_key,), (new_key,) = own_keys(first), own_keys(third)
            assert [key["kid"] for key in own_keys(second)] == [new_key["kid"], old_key["kid"]]
            here.publish(old_key)
            before = here.minted(first)
            world = here.look(first)
            read = read_key_set(json.dumps({"keys": [new_key]}))
            assert isinstance(read, KeySet)
            (old,) = keys_of(world.cluster_keys)
            rotation = keys.steps(world, keys.Pair(old, read.keys[0]))
            stages = list(walk(Stage(world), rotation))
            published = ([old_key], [old_key, new_key], [old_key, new_key], [old_key, new_key], [new_key])
            servers = (first, first, second, third, third)
            later = here.minted(second)
            for (stage, generations), keys_then, server in zip(stages, published, servers, strict=True):
                here.publish(*keys_then)
                for generation, tokens in zip(generations, (before, later), strict=False):
                    assert said(fates(stage, generation.tokens)) == here.cloud.answers(tokens)
                    (_, stand_in), *_ = generation.tokens.seen()
                    assert {takes(server, token) for token in tokens.values()} == {stage.takes(stand_in)}
            here.publish(old_key, new_key)
            pair = keys.pair_of(here.look(second), RotateKey(), resume=True)
            assert (pair.old.kid, pair.new.kid) == (old_key["kid"], new_key["kid"])
