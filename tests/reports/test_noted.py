"""What is left out of a judgement of operators, and what AWS was asked, stand in the text report."""

from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.model.world import World
from keystone_check.reports import render
from keystone_check.reports.report import Report
from keystone_check.reports.screen import Screen
from keystone_check.sandbox.operators import with_karpenter
from tests.sandbox.worlds import healthy_world, world_with

CHECKS = load()


def told(world: World) -> str:
    """The text report, without the ends of its lines."""
    return " ".join(render(Report("lab", diagnose(world, CHECKS)), "text", Screen()).split())


def test_controls_that_nobody_here_may_read_are_told_as_not_weighed() -> None:
    world = world_with("karpenter-is-denied-by-an-scp-that-nobody-here-may-read")
    text = told(world)
    about = "karpenter: karpenter/karpenter service control policies"
    assert f"{about}: not readable from this account, so not weighed" in text


def test_what_was_asked_on_request_is_told_and_nothing_where_nobody_asked() -> None:
    text = told(with_karpenter(healthy_world()))
    assert "karpenter: karpenter/karpenter: IAM's simulator agrees on every request (59)" in text
    assert "EC2 was asked as role karpenter: ec2:DescribeLaunchTemplates" in text
    quiet = told(healthy_world())
    assert "simulator" not in quiet
