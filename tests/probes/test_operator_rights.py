"""What facts about operators ask for is what is said to be asked for, and without an operator nothing is."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from keystone_check.cli.permissions import permissions
from keystone_check.cli.scope import narrowing, scope
from keystone_check.iam.evaluate import Allowed, decide
from keystone_check.iam.language import PolicyKind
from keystone_check.iam.policy import read
from keystone_check.iam.request import AwsPrincipal, Request
from keystone_check.model.facts import Missing
from keystone_check.model.world import World
from keystone_check.probes.gather import gather, rights
from keystone_check.probes.operator_rights import OPERATED
from keystone_check.probes.rights import ASKS, KubeAsk
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.operators import with_ack
from keystone_check.sandbox.serve import Serving, serve
from keystone_check.sandbox.staffing import caller
from keystone_check.sandbox.worlds import healthy
from tests.sandbox.test_operators import bounded
from tests.worlds import NOW

NEEDS = OPERATED | {"operators"}
FREE = {ask.permission for ask in ASKS if isinstance(ask, KubeAsk) and ask.given_by} | {
    "sts:GetCallerIdentity"
}


def everything(ground: Ground) -> World:
    """Karpenter in an organization, with a boundary, and ACK."""
    world = bounded(healthy(ground, NOW))
    return with_ack(world, "s3")


def printed(serving: Serving, known: World) -> tuple[set[str], dict[str, Any]]:
    """The permissions of `--permissions`, one by one, and its IAM policy."""
    asks, actions = rights(NEEDS, serving.access, known.operators)
    document = json.loads(permissions(asks, actions, scope(serving.access, known), "json"))
    return {*(ask.permission for ask in asks), *actions}, document["iam"]


def test_what_is_asked_of_operators_is_what_is_printed() -> None:
    ground = Ground.make()
    with serve(everything(ground), ground, clock=lambda: NOW) as serving:
        gather(serving.access, NEEDS)
        asked, asked_of = serving.asked() - FREE, serving.asked_of()
        wanted, policy = printed(serving, gather(serving.access, narrowing(NEEDS)))
        assert asked == wanted
        reading = read(json.dumps(policy), PolicyKind.IDENTITY)
        us = AwsPrincipal(caller(serving.world).arn)
        for action, arn in asked_of:
            if action not in FREE:
                assert isinstance(decide((reading,), Request(action, arn, us)), Allowed), (action, arn)


def test_without_an_operator_deployments_alone_are_asked_for() -> None:
    ground = Ground.make()
    with serve(healthy(ground, NOW), ground, clock=lambda: NOW) as serving:
        known = gather(serving.access, NEEDS)
        asked = serving.asked() - FREE
        assert asked == {"list serviceaccounts", "list deployments.apps", "iam:GetRole"}
        assert printed(serving, known)[0] == asked


def refusals(value: object) -> Iterator[str]:
    """The permissions that gaps name, at whatever depth."""
    if isinstance(value, Missing):
        yield value.permission
    elif isinstance(value, tuple):
        for one in value:
            yield from refusals(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from refusals(getattr(value, field.name))


GROUND = Ground.make()
FOLLOWING = {"opinions", "dry_runs"}
"""What is asked there follows from the other facts: where one of those is missing, less is asked."""


def test_each_right_that_is_missing_is_named_and_nothing_else_changes() -> None:
    with serve(everything(GROUND), GROUND, clock=lambda: NOW) as serving:
        every_right = printed(serving, gather(serving.access, narrowing(NEEDS)))[0]
    for number, right in enumerate(sorted(every_right), 1):
        ground = replace(GROUND, number=90_000 + number, account=f"{333300000000 + number}")
        with serve(everything(ground), ground, clock=lambda: NOW, denied=[right]) as serving:
            less = gather(serving.access, NEEDS, clock=lambda: NOW)
        changed = [name for name in sorted(NEEDS) if getattr(less, name) != getattr(serving.world, name)]
        told = {name: set(refusals(getattr(less, name))) for name in changed}
        assert {right} in told.values(), right
        for name, named in told.items():
            assert named == {right} or (name in FOLLOWING and not named), (right, name)
