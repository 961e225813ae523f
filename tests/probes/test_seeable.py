"""Where there is no cluster yet, what is declared is judged against AWS, without a cluster's answer."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import pytest

from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.model.access import Access
from keystone_check.model.aws import Role
from keystone_check.model.cluster import Issuer
from keystone_check.model.declared import NIX, Declared, DeclaredOperator
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Status
from keystone_check.model.world import World
from keystone_check.probes.declaring import declared_accounts, declared_issuer
from keystone_check.probes.gather import gather
from keystone_check.probes.seeable import seeable
from keystone_check.sandbox.declaring import declared
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.staffing import seen
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW

CHECKS = load()
KARPENTER = "arn:aws:iam::111122223333:role/karpenter"


@contextmanager
def alone(world: World, ground: Ground) -> Iterator[Access]:
    """The account of a world, and what it declares; its cluster cannot be reached."""
    with serve(world, ground, clock=lambda: NOW) as serving:
        yield replace(serving.access, kubeconfig="/nowhere", without_cluster=True)


def judged(access: Access) -> tuple[World, set[tuple[str, str]]]:
    """The facts, and what is broken or cannot be seen, with its subject."""
    checks = seeable(CHECKS, access)
    world = gather(access, frozenset(need for check in checks for need in check.reads), clock=lambda: NOW)
    wrong = (Status.BROKEN, Status.BLOCKED, Status.CRASHED)
    outcomes = diagnose(world, checks).outcomes
    return world, {(it.check.id, it.finding.subject) for it in outcomes if it.status in wrong}


def test_a_declaration_that_aws_is_ready_for_breaks_nothing_and_asks_no_cluster() -> None:
    ground = Ground.make()
    with alone(declared(healthy(ground, NOW)), ground) as access:
        world, wrong = judged(access)
    assert wrong == set()
    assert isinstance(world.issuer, Issuer)
    assert world.issuer.source == "declared by nix"
    assert world.cluster == Missing("cluster", "no selected check needs it")
    named = [name for name, _ in seen(world.accounts)]
    assert named == ["ack-system/ack-s3-controller", "karpenter/karpenter"]


def _role(world: World) -> Role:
    """Karpenter's."""
    found = next(role for arn, role in seen(world.roles).seen() if arn.endswith("/karpenter"))
    assert isinstance(found, Role)
    return found


def _trusting(world: World, before: str, after: str) -> World:
    role = _role(world)
    other = replace(role, trust=role.trust.replace(before, after))
    return replace(world, roles=seen(world.roles).put(role.arn, other))


def _naming_another_role(world: World) -> World:
    nix = seen(world.declared)[NIX]
    assert isinstance(nix, Declared)
    other = DeclaredOperator("karpenter/karpenter", f"{_role(world).arn}-new")
    said = replace(nix, operators={**nix.operators, "karpenter": other})
    return replace(world, declared=Subjects(((NIX, said),)))


BROKEN: Mapping[str, tuple[Callable[[World], World], str]] = {
    "the role names another account": (
        lambda world: _trusting(world, "serviceaccount:karpenter:", "serviceaccount:other:"),
        "trust_pins_the_subject",
    ),
    "the role has another audience": (
        lambda world: _trusting(world, '"sts.amazonaws.com"', '"sts.example.com"'),
        "trust_pins_the_audience",
    ),
    "the provider is not there": (
        lambda world: replace(world, providers=Subjects(), provider_arns=()),
        "provider_exists",
    ),
    "the role is not there": (_naming_another_role, "role_exists"),
    "the bucket has no policy": (FAULTS["policy-is-missing"].apply, "policy_opens_exactly_the_documents"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_aws_is_not_ready_for_is_said_before_there_is_a_machine(name: str) -> None:
    change, check = BROKEN[name]
    ground = Ground.make()
    with alone(change(declared(healthy(ground, NOW))), ground) as access:
        _, wrong = judged(access)
    assert check in {id for id, _ in wrong}


def test_with_a_cluster_every_check_is_judged() -> None:
    assert seeable(CHECKS, Access("lab")) == CHECKS


def test_a_manifest_names_the_account_that_a_profile_leaves_to_the_chart() -> None:
    nix = Declared(operators={"karpenter": DeclaredOperator("karpenter/karpenter", KARPENTER)})
    said = Declared(operators={"karpenter": DeclaredOperator("kube-system/karpenter")})
    found = declared_accounts(Subjects(((NIX, nix), ("manifests", said))))
    assert isinstance(found, Subjects)
    assert [(name, it.role_arn) for name, it in found.seen()] == [("kube-system/karpenter", KARPENTER)]


def test_a_declaration_that_could_not_be_read_says_so_of_what_follows_from_it() -> None:
    gap = Subjects[Declared](((NIX, Missing(NIX, "nix eval: boom")),))
    assert declared_issuer(gap) == Missing("issuer", "nix eval: boom")
    assert declared_accounts(gap) == Missing("accounts", "nix eval: boom")
    assert declared_issuer(Subjects()) == Missing("issuer", "no issuer is declared")
