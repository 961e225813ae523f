"""What the simulator is asked: all of it, in few questions, with the circumstances of each request."""

from dataclasses import replace

import pytest

from keystone_check.model.facts import Subjects
from keystone_check.model.world import World
from keystone_check.operators.asking import Inquiry
from keystone_check.operators.granted import Granted, Law
from keystone_check.operators.simulated import PAIRS, RESOURCES, key_of, questions
from keystone_check.sandbox.faults.operating import Statement, one, operator_of, policy
from keystone_check.sandbox.operators import with_ack, with_karpenter
from keystone_check.sandbox.opining import asking
from keystone_check.sandbox.staffing import caller
from tests.sandbox.worlds import healthy_world

WORLD = with_ack(with_karpenter(healthy_world()), "ec2", "s3")


def asked_by(world: World) -> tuple[Inquiry, ...]:
    found = asking(world)
    assert isinstance(found, tuple)
    return found


ASKING = {it.name.partition("/")[2]: it for it in asked_by(WORLD)}
EVERYTHING: Statement = {"Sid": "All", "Effect": "Allow", "Action": ["*"], "Resource": ["*"]}


@pytest.mark.parametrize(("name", "most"), [("karpenter", 20), ("ack-ec2-controller-ec2-chart", 3)])
def test_every_need_is_asked_once_in_few_questions(name: str, most: int) -> None:
    needs = ASKING[name].needs
    asked = questions(needs)
    pairs = [
        (action, resource, it.context) for it in asked for action in it.actions for resource in it.resources
    ]
    assert sorted(pairs) == sorted(set(map(key_of, needs)))
    assert len(asked) <= most
    assert all(len(it.actions) * len(it.resources) <= PAIRS for it in asked)
    assert all(len(it.resources) <= RESOURCES for it in asked)


def test_each_request_names_its_region_and_a_global_service_the_one_of_its_endpoint() -> None:
    asked = {
        need.action: need.request.context.get("aws:RequestedRegion") for need in ASKING["karpenter"].needs
    }
    assert asked["ec2:RunInstances"] == caller(WORLD).region
    assert asked["iam:PassRole"] == "us-east-1"
    assert asked["pricing:GetProducts"] is None


def test_a_lock_on_other_regions_refuses_nothing_that_is_asked_in_this_one() -> None:
    _, operator = operator_of(with_karpenter(healthy_world()))
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": caller(WORLD).region}}
    lock: Statement = {"Effect": "Deny", "NotAction": ["iam:*", "pricing:*"], "Resource": "*"}
    full, locked = policy(EVERYTHING), policy({**lock, "Condition": elsewhere})
    held = replace(
        one(WORLD.permissions, operator.role_arn), controls=(Subjects((("a", full), ("b", locked))),)
    )
    assert {type(Law(held).answer(need)) for need in ASKING["karpenter"].needs} == {Granted}
