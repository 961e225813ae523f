"""One sandbox for the tests that leave it as they found it, or that do not mind."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from keystone_check.model.facts import Missing, Subjects
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving, serve
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW

REFUSED = "iam:UpdateOpenIDConnectProviderThumbprint"


def noon() -> int:
    return NOW


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Serving]:
    """A chain that holds, in an account that refuses one kind of write."""
    ground = Ground.make()
    world = healthy(ground, NOW)
    assert isinstance(world.roles, Subjects)
    unseen = Missing("arn:aws:iam::999999999999:role/x", "refused", REFUSED)
    world = replace(world, roles=world.roles.put(unseen.fact, unseen))
    with serve(world, ground, clock=noon) as serving:
        yield serving
