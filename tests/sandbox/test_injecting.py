"""What a world's new pods get follows from its webhooks and accounts; by hand it goes without a webhook."""

from dataclasses import replace

from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Status
from keystone_check.model.injection import DryRun
from keystone_check.probes.gather import gather
from keystone_check.sandbox.faults.editing import account_of
from keystone_check.sandbox.injecting import pods_settled
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.workloads import by_hand
from tests.sandbox.worlds import ground, healthy_world
from tests.worlds import NOW


def test_templates_that_hold_everything_need_no_webhook() -> None:
    written = by_hand(healthy_world())
    outcomes = diagnose(written, load()).outcomes
    assert {it.status for it in outcomes} == {Status.HOLDS, Status.NOT_APPLICABLE}
    (said,) = {it.finding.message for it in outcomes if it.check.id == "webhook_is_registered"}
    assert "templates hold variables, volume and mount" in said


def test_a_world_by_hand_is_gathered_as_it_is_served() -> None:
    base = ground()
    with serve(by_hand(healthy_world()), base, clock=lambda: NOW) as serving:
        assert gather(serving.access, clock=lambda: NOW) == serving.world


def test_an_annotation_that_changes_is_given_to_new_pods_and_not_to_those_that_run() -> None:
    before = healthy_world()
    assert isinstance(before.accounts, Subjects)
    account = replace(account_of(before), annotations={"eks.amazonaws.com/role-arn": "another"})
    after = pods_settled(before, replace(before, accounts=before.accounts.put("app/api", account)))
    assert isinstance(after.injections, Subjects)
    shown = after.injections["app/api"]
    assert isinstance(shown, DryRun)
    assert shown.shape.containers[0].value("AWS_ROLE_ARN") == "another"
    assert after.pods == before.pods


def test_who_is_bound_no_longer_has_no_pod_here() -> None:
    before = healthy_world()
    assert isinstance(before.accounts, Subjects)
    gap = Missing("app/api", "not seen")
    after = pods_settled(before, replace(before, accounts=before.accounts.put("app/api", gap)))
    assert isinstance(after.injections, Subjects)
    assert isinstance(after.pods, Subjects)
    assert after.injections["app/api"] == gap
    assert [pod.account for _, pod in after.pods.seen()] == ["ack-s3-controller", "karpenter"]
