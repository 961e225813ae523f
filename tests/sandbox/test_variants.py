"""Each variant of the healthy world is served as it is, and nothing in it is broken."""

import pytest

from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.jose import algorithm_of
from keystone_check.model.chain import OPTIONAL
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Status
from keystone_check.model.world import World
from keystone_check.probes.gather import gather
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.variants import VARIANTS
from tests.worlds import NOW

CHECKS = [check for check in load() if check.link not in OPTIONAL]
WITHOUT_A_BUCKET = frozenset({"cloudfront", "own-domain", "private-ca"})
KEYS = {"rsa-key": "RS256", "p-256-key": "ES256", "p-384-key": "ES384", "p-521-key": "ES512"}
every_variant = pytest.mark.parametrize("name", VARIANTS)


def unheld(world: World) -> dict[Status, set[str]]:
    """The links of what does not hold, by how it does not."""
    found: dict[Status, set[str]] = {}
    for outcome in diagnose(world, CHECKS).outcomes:
        if outcome.status is not Status.HOLDS:
            found.setdefault(outcome.status, set()).add(outcome.check.link)
    return found


def pointless(name: str) -> dict[Status, set[str]]:
    """Where a variant leaves nothing to judge: there is no bucket, or no webhook."""
    if name in WITHOUT_A_BUCKET:
        return {Status.NOT_APPLICABLE: {"bucket", "posture"}}
    return {Status.NOT_APPLICABLE: {"injection"}} if name == "written-by-hand" else {}


@every_variant
def test_every_link_of_a_healthy_variant_holds(name: str) -> None:
    variant = VARIANTS[name]
    assert unheld(variant.world(variant.ground(), NOW)) == pointless(name)


@every_variant
def test_a_healthy_variant_is_served_as_it_is(name: str) -> None:
    ground = VARIANTS[name].ground()
    world = VARIANTS[name].world(ground, NOW)
    with serve(world, ground, clock=lambda: NOW) as serving:
        found = gather(serving.access, clock=lambda: NOW)
    assert found == serving.world
    assert unheld(found) == pointless(name)


@pytest.mark.parametrize(("name", "algorithm"), KEYS.items())
def test_the_variants_of_keys_sign_with_each_kind_that_sts_takes(name: str, algorithm: str) -> None:
    ground = VARIANTS[name].ground()
    tokens = VARIANTS[name].world(ground, NOW).tokens
    assert algorithm_of(ground.signing_key) == algorithm
    assert isinstance(tokens, Subjects)
    assert all(isinstance(token, Token) and token.algorithm == algorithm for _, token in tokens)


def test_every_variant_says_what_it_is() -> None:
    assert all(variant.title for variant in VARIANTS.values())
