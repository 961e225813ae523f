"""Running pods come from one listing, page by page; those of others and those that ended are let go."""

from dataclasses import replace

import pytest

from keystone_check.model.facts import Subjects
from keystone_check.model.injection import RunningPod, Template
from keystone_check.probes.kube import PAGE, Kube
from keystone_check.probes.pods import pods, templates
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.injecting import shape
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW


@pytest.fixture
def ground() -> Ground:
    """One for each test: an account is served once."""
    return Ground.make()


def test_more_pods_than_a_page_holds_are_all_found(ground: Ground) -> None:
    world = healthy(ground, NOW)
    assert isinstance(world.pods, Subjects)
    (first, *_) = (pod for _, pod in world.pods.seen())
    many = tuple(
        (f"{first.namespace}/p{number:04d}", replace(first, name=f"p{number:04d}"))
        for number in range(PAGE + 1)
    )
    world = replace(world, pods=Subjects(many))
    assert isinstance(world.accounts, Subjects)
    with serve(world, ground, clock=lambda: NOW) as serving:
        assert pods(Kube(serving.access), "", world.accounts) == world.pods


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_pods_that_ended_are_not_kept(ground: Ground, phase: str) -> None:
    assert found_with(ground, phase=phase) == 2


def test_pods_of_accounts_that_are_not_bound_are_not_kept(ground: Ground) -> None:
    assert found_with(ground, account="default") == 2


def test_who_is_bound_in_one_namespace_needs_the_right_there_alone(ground: Ground) -> None:
    world = healthy(ground, NOW)
    assert isinstance(world.accounts, Subjects)
    one = Subjects(tuple((name, account) for name, account in world.accounts.seen() if name == "app/api"))
    with serve(world, ground, clock=lambda: NOW, denied=("list pods in karpenter",)) as serving:
        assert [name for name, _ in pods(Kube(serving.access), "", one)] == ["app/api-5d8c7b9f6d-x2x4z"]


def test_templates_of_idle_jobs_are_kept_where_their_account_is_bound(ground: Ground) -> None:
    world = healthy(ground, NOW)
    accounts = world.accounts
    assert isinstance(accounts, Subjects)
    one = Template("app", "nightly", "api", shape("job", None))
    other = replace(one, name="other", account="default")
    world = replace(world, templates=Subjects((("app/nightly", one), ("app/other", other))))
    with serve(world, ground, clock=lambda: NOW) as serving:
        assert templates(Kube(serving.access), "", accounts) == Subjects((("app/nightly", one),))


def found_with(ground: Ground, **changed: str) -> int:
    """How many of three pods are kept when one of them is another."""
    world = healthy(ground, NOW)
    assert isinstance(world.pods, Subjects)
    assert isinstance(world.accounts, Subjects)
    name, pod = next(world.pods.seen())
    other: RunningPod = replace(pod, **changed)  # type: ignore[arg-type]  # texts by name
    with serve(replace(world, pods=world.pods.put(name, other)), ground, clock=lambda: NOW) as serving:
        return len(pods(Kube(serving.access), "", world.accounts).entries)
