"""What operators' roles lack or need not have, written on frozen facts and taken back."""

from dataclasses import replace

import pytest

from keystone_check.checks import load
from keystone_check.model.change import inverse
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Safety
from keystone_check.model.grant import SetRolePolicy
from keystone_check.model.permissions import Permissions
from keystone_check.model.world import World
from keystone_check.remedy.excess import excess
from keystone_check.remedy.mend import rehearsed
from keystone_check.remedy.rehearse import rehearse
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.worlds import healthy
from tests.cli.operators_by_hand import GRANTED, TRACES
from tests.worlds import NOW

CHECKS = load()
WORLD = healthy(Ground.make(), NOW)
UNSAFE = ("karpenter-is-an-administrator", "ack-is-an-administrator")


def held(world: World) -> dict[str, Permissions]:
    assert isinstance(world.permissions, Subjects)
    return dict(world.permissions.seen())


def back(changes: list[SetRolePolicy]) -> list[SetRolePolicy]:
    undone = [inverse(change) for change in reversed(changes)]
    return [change for change in undone if isinstance(change, SetRolePolicy)]


@pytest.mark.parametrize("name", GRANTED)
def test_a_role_gets_what_it_lacks_keeps_what_it_has_and_is_as_before_when_that_is_undone(name: str) -> None:
    world = FAULTS[name].apply(WORLD)
    mended = rehearsed(world, CHECKS, frozenset(Safety))
    changes = [step.change for step in mended.applied if isinstance(step.change, SetRolePolicy)]
    assert len(changes) == len(mended.applied) > 0
    assert {step.repair.safety is Safety.UNSAFE for step in mended.applied} == {name in UNSAFE}
    assert {outcome.check.id for outcome in mended.after.broken} <= TRACES
    assert rehearsed(mended.after.world, CHECKS, frozenset(Safety)).applied == ()
    assert rehearse(mended.after.world, back(changes)).permissions == world.permissions


def test_what_is_taken_away_waits_for_its_flag() -> None:
    for name in UNSAFE:
        assert rehearsed(FAULTS[name].apply(WORLD), CHECKS).applied == ()


def without_inline(world: World, inline: Subjects[str] | Missing) -> World:
    ((arn, found),) = held(world).items()
    return replace(world, permissions=Subjects(((arn, replace(found, inline=inline)),)))


@pytest.mark.parametrize(
    "inline",
    [
        Missing("inline", "nobody read it"),
        Subjects((("secret", Missing("secret", "nobody read it")),)),
        Subjects((("full", '{"Version":"2012-10-17","Statement":[],"Id":"' + "x" * 10200 + '"}'),)),
    ],
    ids=["unlisted", "unread", "full"],
)
def test_nothing_is_written_beside_inline_policies_that_are_unread_or_leave_no_room(
    inline: Subjects[str] | Missing,
) -> None:
    lacking = FAULTS["karpenter-may-not-read-its-queue"].apply(WORLD)
    assert rehearsed(without_inline(lacking, inline), CHECKS, frozenset(Safety)).applied == ()


ROLE = next(iter(held(FAULTS["ack-may-not-tag-buckets"].apply(WORLD))))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ('{"Effect": "Allow", "Action": "*", "Resource": "*"}', "asks for *"),
        (
            '{"Effect": "Allow", "Action": ["s3:CreateBucket", "iam:PassRole"], "Resource": "*"}',
            "iam:PassRole",
        ),
        ('{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}', "asks for"),
        ('{"Effect": "Allow", "Action": ["s3:CreateBucket"], "Resource": ["*"]}', ""),
    ],
)
def test_a_statement_that_no_least_policy_has_is_excess(statement: str, said: str) -> None:
    world = FAULTS["ack-may-not-tag-buckets"].apply(WORLD)
    change = SetRolePolicy(ROLE, "new", None, f'{{"Version": "2012-10-17", "Statement": [{statement}]}}')
    found = excess(world, change)
    assert said in found
    assert bool(found) is bool(said)


def test_a_denial_that_is_taken_out_is_excess() -> None:
    deny = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}'
    assert excess(WORLD, SetRolePolicy(ROLE, "no", deny, None)) == "it takes out a denial"
