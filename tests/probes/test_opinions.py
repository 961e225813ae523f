"""What is asked of IAM's simulator, and of EC2 as Karpenter's role; and what nobody gets to see of it."""

import logging
from dataclasses import replace

import pytest

from keystone_check import snapshot
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.opinion import WOULD_NOT, DryRuns, Opinions
from keystone_check.probes.gather import gather
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.operators import with_karpenter
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW

NAME = "karpenter/karpenter"
BOTH = frozenset({"opinions", "dry_runs"})


def test_neither_is_asked_without_its_option() -> None:
    ground = Ground.make()
    with serve(with_karpenter(healthy(ground, NOW)), ground, clock=lambda: NOW) as serving:
        quiet = replace(serving.access, live=False, second_opinion=False)
        world = gather(quiet, BOTH, clock=lambda: NOW)
        assert world.opinions == Absent("opinions", "--second-opinion was not given")
        assert world.dry_runs == Absent("dry_runs", "--live was not given")
        assert "iam:SimulatePrincipalPolicy" not in serving.asked()


def test_a_denied_right_is_named_and_a_throttled_simulator_is_no_answer() -> None:
    ground = Ground.make()
    world = with_karpenter(healthy(ground, NOW))
    with serve(world, ground, clock=lambda: NOW, denied=("iam:SimulatePrincipalPolicy",)) as serving:
        seen = gather(serving.access, frozenset({"opinions"}), clock=lambda: NOW).opinions
    assert isinstance(seen, Subjects)
    found = seen[NAME]
    assert isinstance(found, Missing)
    assert found.permission == "iam:SimulatePrincipalPolicy"
    assert found.because.startswith("iam:SimulatePrincipalPolicy: AccessDenied: ")


def test_credentials_and_encoded_messages_are_in_no_fact_no_snapshot_and_no_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ground = Ground.make()
    world = FAULTS["karpenter-may-not-run-instances"].apply(healthy(ground, NOW))
    with caplog.at_level(logging.DEBUG), serve(world, ground, clock=lambda: NOW) as serving:
        seen = gather(serving.access, BOTH, clock=lambda: NOW)
    runs = seen.dry_runs
    assert isinstance(runs, Subjects)
    found = runs[NAME]
    assert isinstance(found, DryRuns)
    assert [it.operation for it in found.made if it.code == WOULD_NOT] == ["ec2:RunInstances"]
    said = snapshot.save(seen) + caplog.text + repr(seen)
    for secret in ("ASIASANDBOX", "Encoded authorization", "SecretAccessKey", "SessionToken"):
        assert secret not in said


def test_a_karpenter_that_sts_refuses_makes_no_call() -> None:
    ground = Ground.make()
    world = with_karpenter(healthy(ground, NOW))
    assert isinstance(world.roles, Subjects)
    arn = f"arn:aws:iam::{ground.account}:role/karpenter"
    role = dict(world.roles.seen())[arn]
    other = role.trust.replace("karpenter:karpenter", "karpenter:other")
    world = replace(world, roles=world.roles.put(arn, replace(role, trust=other)))
    with serve(world, ground, clock=lambda: NOW) as serving:
        seen = gather(serving.access, BOTH, clock=lambda: NOW)
    runs, said = seen.dry_runs, seen.opinions
    assert isinstance(runs, Subjects)
    assert isinstance(said, Subjects)
    assert runs[NAME] == Absent(
        NAME, f"STS hands out no credentials for {NAME} (AccessDenied), so EC2 was not called"
    )
    assert isinstance(said[NAME], Opinions)
