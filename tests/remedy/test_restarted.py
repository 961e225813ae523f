"""Pods that keep what they were given at their start are a consequence of a change, and no harm of it."""

from dataclasses import replace

from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.model.facts import Subjects
from keystone_check.model.injection import RunningPod
from keystone_check.model.world import World
from keystone_check.remedy.mend import rehearsed
from keystone_check.remedy.plan import named, plan
from keystone_check.remedy.refuse import outdated, sift
from keystone_check.remedy.rehearse import rehearse
from keystone_check.remedy.restarted import restarted
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.workloads import by_hand
from tests.sandbox.worlds import healthy_world

CHECKS = load()
BENT = "pods-took-up-another-partition"
RESTART = "running_pods_were_injected[app/deployment/api]"


def pod_of(world: World) -> RunningPod:
    """The application's pod."""
    assert isinstance(world.pods, Subjects)
    return next(pod for _, pod in world.pods.seen() if pod.account == "api")


def test_an_annotation_is_mended_though_pods_have_to_be_restarted() -> None:
    mended = rehearsed(FAULTS[BENT].apply(healthy_world()), CHECKS)
    assert (len(mended.applied), mended.refused, mended.restart) == (1, (), ())
    assert [(named(it.outcome), it.release) for it in mended.held_back] == [(RESTART, "--restart")]


def test_a_restart_gives_pods_what_new_ones_are_given() -> None:
    right = healthy_world()
    bent = FAULTS[BENT].apply(right)
    changes = [step.change for step in plan(diagnose(bent, CHECKS)).steps]
    after = restarted(bent, rehearse(bent, changes))
    assert pod_of(after) == pod_of(right)


def test_a_template_that_holds_the_role_itself_is_no_matter_of_a_restart() -> None:
    bent = FAULTS[BENT].apply(healthy_world())
    written = replace(bent, pods=by_hand(bent).pods)
    before = diagnose(written, CHECKS)
    steps = plan(before).steps
    left, refused = sift(before, steps, CHECKS)
    assert left == ()
    assert [named(outcome) for item in refused for outcome in item.breaks] == [RESTART]
    assert outdated(before, steps, CHECKS) == ()
