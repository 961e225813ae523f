"""Every upgrade of Karpenter and of Kubernetes, judged before: it breaks what the facts say, and no more."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from keystone_check.checks import index, load
from keystone_check.diagnosis import diagnose
from keystone_check.errors import UsageError
from keystone_check.knowledge.store import minors
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Status
from keystone_check.model.outcome import Diagnosis
from keystone_check.model.world import World
from keystone_check.sandbox.catalogue import stage
from keystone_check.sandbox.dry_running import asked_of_aws
from keystone_check.sandbox.operators import with_ack, with_karpenter
from keystone_check.upgrading.asked import asked
from keystone_check.upgrading.foresee import WOULD, Foreseen, foresee, judges
from tests.upgrading.expected import MINORS, broken, in_order, pairs
from tests.worlds import NOW

CHECKS = load()
HEALTHY = stage("", NOW)[1]
RANGE = load(["kubernetes_is_in_karpenters_range"])
UNLIKE = (Status.BROKEN, Status.BLOCKED, Status.CRASHED)


@pytest.fixture(scope="module")
def installed() -> Mapping[str, Diagnosis]:
    return {minor: diagnose(with_karpenter(HEALTHY, minor), CHECKS) for minor in MINORS}


def ahead(world: World, *targets: str) -> Foreseen:
    return foresee(diagnose(world, CHECKS), asked(targets), CHECKS)


def named(found: Foreseen) -> set[tuple[str, str]]:
    """What would be broken or blocked, with the action where a subject names one."""
    return {
        (one.check.id, one.finding.subject.partition(" ")[2])
        for one in found.then.outcomes
        if one.status in UNLIKE
    }


def test_the_minors_make_105_upward_pairs() -> None:
    assert in_order()
    assert len(pairs()) == 105


@pytest.mark.parametrize("older", MINORS)
def test_the_healthy_install_of_a_minor_breaks_for_each_newer_one_as_the_facts_list(
    older: str, installed: Mapping[str, Diagnosis]
) -> None:
    for newer in MINORS[MINORS.index(older) + 1 :]:
        found = foresee(installed[older], asked([f"karpenter={newer}"]), CHECKS)
        assert named(found) == broken(older, newer), newer
        assert len(found.opened) == len(broken(older, newer))
        assert [step.release for step in found.steps] == list(
            MINORS[MINORS.index(older) + 1 : MINORS.index(newer) + 1]
        )


def test_a_list_of_the_facts_is_not_empty_and_not_the_same_for_all() -> None:
    assert broken("1.6", "1.7") == {("karpenter_may_do_all_it_asks", "iam:ListInstanceProfiles")}
    assert broken("1.11", "1.12") == {("karpenter_may_do_all_it_asks", "ec2:DescribeInstanceStatus")}
    assert broken("1.9", "1.10") == {("rules_target_the_queue", "")}
    assert broken("1.13", "1.14") == set()
    assert len(broken("1.0", "1.14")) == 3


def test_what_would_break_says_so_and_names_the_target() -> None:
    found = ahead(with_karpenter(HEALTHY, "1.6"), "karpenter=1.7")
    (outcome,) = found.opened
    assert outcome.finding.message.startswith(f"{WOULD} with karpenter=1.7: role karpenter lacks ")
    assert outcome.finding.repair
    assert "--policy karpenter --for karpenter=1.7 prints" in outcome.finding.repair.steps[0]


def test_what_is_broken_now_is_not_said_to_break_by_the_upgrade() -> None:
    found = ahead(lacking(), "karpenter=1.14")
    still = [one for one in found.then.having(Status.BROKEN) if one not in found.opened]
    assert [one.check.id for one in still] == ["karpenter_may_do_all_it_asks"]
    assert not still[0].finding.message.startswith(WOULD)


def lacking() -> World:
    """A role that may no longer terminate instances."""
    world = narrowed(with_karpenter(HEALTHY, "1.13"), "ec2:TerminateInstances", "ec2:StopInstances")
    return asked_of_aws(world)


def narrowed(world: World, written: str, instead: str) -> World:
    """The world with another text in the policies of Karpenter's role."""
    assert isinstance(world.permissions, Subjects)
    entries = []
    for arn, held in world.permissions.seen():
        policies = {kind: getattr(held, kind) for kind in ("inline", "attached")}
        assert all(isinstance(found, Subjects) for found in policies.values())
        texts: Any = {kind: _rewritten(found, written, instead) for kind, found in policies.items()}
        entries.append((arn, replace(held, **texts)))
    return replace(world, permissions=Subjects(tuple(entries)))


def _rewritten(documents: Any, written: str, instead: str) -> Subjects[str]:
    found = ((name, json.dumps(json.loads(text)).replace(written, instead)) for name, text in documents)
    return Subjects(tuple(found))


def test_a_policy_scoped_to_profiles_at_the_root_stops_matching_at_1_7() -> None:
    world = narrowed(with_karpenter(HEALTHY, "1.6"), ":instance-profile/*", ":instance-profile/lab_*")
    assert {one.finding.subject.partition(" ")[2] for one in ahead(world, "karpenter=1.6").opened} == set()
    found = {one.finding.subject.partition(" ")[2] for one in ahead(world, "karpenter=1.7").opened}
    assert found >= {"iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"}


def test_objects_still_stored_in_a_version_that_the_target_no_longer_reads_would_break() -> None:
    world = with_karpenter(HEALTHY, "1.0")
    assert isinstance(world.crds, Subjects)
    old = tuple((name, replace(crd, stored=("v1beta1", "v1"))) for name, crd in world.crds.seen())
    found = ahead(replace(world, crds=Subjects(old)), "karpenter=1.1")
    assert {one.check.id for one in found.opened} == {"karpenter_crds_fit_the_controller"}
    assert len(found.opened) == 3


def test_a_gate_that_is_on_asks_for_a_kind_that_only_the_target_has() -> None:
    world = with_karpenter(HEALTHY, "1.6", FEATURE_GATES="NodeOverlay=true")
    assert ("karpenter_crds_fit_the_controller", "nodeoverlays.karpenter.sh") in named(
        ahead(world, "karpenter=1.7")
    )


def test_features_in_use_ask_for_what_their_release_adds() -> None:
    world = with_karpenter(HEALTHY, "1.10")
    assert isinstance(world.node_classes, Subjects)
    placed = tuple((name, replace(it, placement=True)) for name, it in world.node_classes.seen())
    found = named(ahead(replace(world, node_classes=Subjects(placed)), "karpenter=1.11"))
    assert ("karpenter_may_do_all_it_asks", "ec2:DescribePlacementGroups") in found


TAGS = [(tag, span) for minor in minors().values() for tag, span in minor["tags"].items()]
LINES = [f"1.{minor}" for minor in range(25, 37)]


def at(world: World, karpenter: str, kubernetes: str) -> World:
    assert isinstance(world.operators, Subjects)
    assert not isinstance(world.cluster, Missing)
    ((name, operator),) = world.operators.seen()
    image = f"public.ecr.aws/karpenter/controller:{karpenter}"
    there = Subjects(((name, replace(operator, image=image, label=karpenter)),))
    cluster = replace(world.cluster, version=f"v{kubernetes}.0+k3s1")
    return replace(world, operators=there, cluster=cluster)


def test_kubernetes_1_25_to_1_36_against_the_range_of_each_patch() -> None:
    world = with_karpenter(HEALTHY)
    seen = set()
    for tag, (oldest, newest) in TAGS:
        now = diagnose(at(world, tag, "1.25"), RANGE)
        for line in LINES:
            found = foresee(now, asked([f"kubernetes={line}"]), RANGE)
            (outcome,) = (one for one in found.then.outcomes if one.check.id == RANGE[0].id)
            within = minor(oldest) <= minor(line) <= minor(newest)
            assert (outcome.status is Status.HOLDS) is within, (tag, line)
            seen.add(within)
    assert seen == {True, False}
    assert len(TAGS) == 100


def minor(line: str) -> int:
    return int(line.split(".")[1])


@pytest.mark.parametrize(
    ("karpenter", "kubernetes", "holds"),
    [
        ("1.6.5", "1.34", False),  # the matrix lets all of 1.6 reach it
        ("1.6.6", "1.34", True),
        ("1.7.3", "1.34", False),
        ("1.7.4", "1.34", True),
        ("1.0.4", "1.31", False),
        ("1.0.5", "1.31", True),  # the matrix of 1.0 ends with 1.30
    ],
)
def test_where_the_three_sources_differ_the_code_decides_and_the_others_are_named(
    karpenter: str, kubernetes: str, holds: bool
) -> None:
    world = at(with_karpenter(HEALTHY), karpenter, "1.27")
    found = foresee(diagnose(world, RANGE), asked([f"kubernetes={kubernetes}"]), RANGE)
    outcome = found.then.outcomes[-1]
    assert (outcome.status is Status.HOLDS) is holds
    said = outcome.finding.message
    assert "the compatibility matrix says" in said or "the page of the docs says" in said


def test_a_release_of_karpenter_that_nobody_knows_is_judged_as_the_newest_and_never_complete() -> None:
    found = ahead(with_karpenter(HEALTHY, "1.6"), "karpenter=1.99")
    lacks = {"iam:ListInstanceProfiles", "ec2:DescribeInstanceStatus"}
    assert {one.finding.subject.partition(" ")[2] for one in found.opened} >= lacks
    blocked = {one.check.id for one in found.then.having(Status.BLOCKED)}
    assert "kubernetes_is_in_karpenters_range" in blocked
    assert "nothing is known here of 1.99" in found.steps[-1].notes[0]


def test_a_release_of_kubernetes_that_nobody_knows_is_never_complete() -> None:
    found = ahead(HEALTHY, "kubernetes=1.99")
    (blocked,) = found.then.having(Status.BLOCKED)
    assert blocked.check.id == "kubernetes_release_is_known"
    assert "newer than 1.36" in blocked.finding.message


def test_a_controller_of_ack_that_nobody_knows_is_never_complete() -> None:
    found = ahead(with_ack(HEALTHY, "s3"), "ack-s3=9.0")
    assert {one.check.id for one in found.then.having(Status.BLOCKED)} == {"ack_may_reconcile_its_kinds"}
    assert [step.url for step in found.steps] == [
        "https://github.com/aws-controllers-k8s/s3-controller/releases"
    ]


def test_several_products_move_at_once() -> None:
    world = with_ack(with_karpenter(HEALTHY, "1.6"), "s3")
    found = ahead(world, "karpenter=1.14", "kubernetes=1.36", "ack-s3=1.10")
    assert {move.product for move in found.moves} == {"karpenter", "kubernetes", "ack-s3"}
    assert named(found) == broken("1.6", "1.14")


def test_the_cluster_alone_may_leave_karpenters_range() -> None:
    found = ahead(with_karpenter(HEALTHY, "1.6"), "kubernetes=1.36")
    assert {one.check.id for one in found.opened} == {"kubernetes_is_in_karpenters_range"}


@pytest.mark.parametrize(
    "target", ["karpenter=1.13", "karpenter=1.14.0", "kubernetes=1.35", "kubernetes=1.36.2"]
)
def test_a_target_that_goes_down_is_refused(target: str) -> None:
    with pytest.raises(UsageError, match="goes down"):
        ahead(with_karpenter(HEALTHY), target)


@pytest.mark.parametrize("target", ["karpenter=1.14", "ack-s3=1.10"])
def test_a_target_that_does_not_run_here_is_refused(target: str) -> None:
    with pytest.raises(UsageError, match="runs here"):
        ahead(HEALTHY, target)


def test_what_nobody_could_read_blocks_and_is_not_refused() -> None:
    world = replace(HEALTHY, operators=Missing("operators", "list deployments: forbidden"))
    found = ahead(world, "karpenter=1.14")
    assert found.moves == ()
    assert found.then.having(Status.BLOCKED)


def test_the_release_that_runs_is_no_move() -> None:
    found = ahead(with_karpenter(HEALTHY, "1.6"), "karpenter=1.6")
    assert (found.steps, found.opened) == ((), ())
    assert found.then.outcomes == found.now.outcomes


def test_the_facts_of_what_would_be_are_those_of_what_is() -> None:
    found = ahead(with_karpenter(HEALTHY, "1.6"), "karpenter=1.14")
    assert found.then.world is found.now.world


def test_a_webhook_that_fails_open_is_minded_while_servers_roll() -> None:
    assert ahead(HEALTHY, "kubernetes=1.36").cautions == ()  # it runs already
    assert isinstance(HEALTHY.cluster, Cluster)
    older = replace(HEALTHY, cluster=replace(HEALTHY.cluster, version="v1.34.1+k3s1"))
    (said,) = ahead(older, "kubernetes=1.36").cautions
    assert "failurePolicy Ignore, 1 ready endpoints" in said
    assert "start without role" in said


def test_the_order_of_karpenter_and_kubernetes_is_told() -> None:
    found = ahead(with_karpenter(HEALTHY, "1.6"), "karpenter=1.14", "kubernetes=1.36")
    assert found.cautions[0] == "Karpenter first: 1.14.1 is made for Kubernetes 1.34 as well"


def test_nothing_is_absent_that_a_move_needs() -> None:
    world = replace(HEALTHY, operators=Subjects((("a/b", Absent("a/b", "gone")),)))
    with pytest.raises(UsageError, match="runs here"):
        ahead(world, "karpenter=1.14")


def test_a_setting_that_only_the_target_reads_is_minded() -> None:
    found = ahead(with_karpenter(HEALTHY, "1.5", DISABLE_DRY_RUN="true"), "karpenter=1.6")
    assert found.cautions == (
        "DISABLE_DRY_RUN=true of karpenter/karpenter is read from 1.6.2 on: "
        "ValidationSucceeded=True without any authorisation test",
    )
    assert ahead(with_karpenter(HEALTHY, "1.7", DISABLE_DRY_RUN="true"), "karpenter=1.8").cautions == ()


def test_every_minor_of_kubernetes_is_walked() -> None:
    assert isinstance(HEALTHY.cluster, Cluster)
    older = replace(HEALTHY, cluster=replace(HEALTHY.cluster, version="v1.31.4+k3s1"))
    found = ahead(older, "kubernetes=1.36")
    assert [step.release for step in found.steps] == ["1.32", "1.33", "1.34", "1.35", "1.36"]
    assert found.steps[1].url.endswith("/CHANGELOG-1.33.md")
    assert "audiences that the pod names" in found.steps[1].notes[0]


def test_what_is_judged_of_targets_alone_has_a_page_like_a_check() -> None:
    for check in judges():
        assert check.id not in index()
        assert [f"## {it}" in check.page for it in ("Why it matters", "How to fix", "References")] == [
            True
        ] * 3
