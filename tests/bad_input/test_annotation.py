"""An annotation that is not an ARN: named as it stands there, and every other account is judged."""

import json
from dataclasses import replace

import pytest

from keystone_check.model.cluster import ROLE_ARN
from keystone_check.model.facts import Subjects
from keystone_check.model.world import World
from tests.bad_input.looking import look, served

BAD = {
    "a name": "api",
    "a user": "arn:aws:iam::111122223333:user/api",
    "a short account": "arn:aws:iam::1:role/api",
    "nothing": "",
    "a blank": " ",
    "an invisible character": "arn:aws:iam::111122223333:role/api\u200b",
    "a line break": "arn:aws:iam::111122223333:role/api\n",
    "endless": "arn:" * 500,
    "a shell command": "$(rm -rf /)",
}


def annotated(world: World, arn: str) -> World:
    """The account app/api with another annotation."""
    assert isinstance(world.accounts, Subjects)
    account = dict(world.accounts.seen())["app/api"]
    return replace(
        world, accounts=world.accounts.put("app/api", replace(account, annotations={ROLE_ARN: arn}))
    )


@pytest.mark.parametrize("bad", BAD)
def test_an_annotation_that_is_no_arn_breaks_its_account_alone(bad: str) -> None:
    with served(edit=lambda world: annotated(world, BAD[bad])) as serving:
        ran = look(serving.access, "--format", "json")
    outcomes = json.loads(ran.out)["outcomes"]
    (found,) = (
        each
        for each in outcomes
        if each["subject"] == "app/api" and each["check"] == "role_arn_is_well_formed"
    )
    others = [
        each
        for each in outcomes
        if each["subject"] in ("ack-system/ack-s3-controller", "karpenter/karpenter")
    ]
    assert ran.code == 1
    assert found["status"] == "broken"
    assert found["message"]
    assert {each["status"] for each in others} == {"holds"}
    assert "\u200b" not in ran.out
