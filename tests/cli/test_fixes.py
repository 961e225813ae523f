"""`--list-fixes` says of each finding what mends it, by which class, with which rights; it writes nothing."""

import json

from keystone_check.model.finding import Safety
from tests.cli.build import AUDIENCE, Outside, audience_check, command, world
from tests.remedy.build import repair, wrong
from tests.reports import build


def test_each_finding_is_told_with_class_and_rights() -> None:
    outside = Outside([audience_check(Safety.UNSAFE)])
    ran = command(outside, "--list-fixes")
    assert "  class: unsafe: why\n" in ran.out
    assert "iam:AddClientIDToOpenIDConnectProvider\n" in ran.out
    assert (ran.code, outside.written) == (0, [])


def test_machines_get_objects() -> None:
    (fix,) = json.loads(command(Outside([audience_check()]), "--list-fixes", "--format", "json").out)
    assert fix["check"] == "audience_is_registered"
    assert fix["class"] == "safe"
    assert fix["permissions"][-1] == "iam:AddClientIDToOpenIDConnectProvider"


def test_what_is_done_by_hand_is_said_line_by_line_and_what_nobody_can_mend_too() -> None:
    found = (wrong("a", safety=Safety.MANUAL), wrong("b"))
    outside = Outside([build.judging(build.check(), *found)])
    ran = command(outside, "--list-fixes")
    assert f"  by hand: {repair(safety=Safety.MANUAL).steps[0]}\n" in ran.out
    assert "  no repair is known from here\n" in ran.out


def test_where_all_holds_there_is_nothing_to_list() -> None:
    assert (
        command(Outside([audience_check()], world((AUDIENCE,))), "--list-fixes").out == "nothing is broken\n"
    )
