"""Objects that something else manages."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from keystone_check.model.cluster import ROLE_ARN, ServiceAccount
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import bucket_of, with_provider
from keystone_check.sandbox.variants.variant import variant

T = TypeVar("T")


@variant()
def managed(world: World) -> World:
    """Everything is managed by something else, each thing by another."""
    return replace(
        with_provider(world, tags={"aws:cloudformation:stack-name": "keystone"}),
        bucket=replace(bucket_of(world), tags={"ManagedBy": "terraform"}),
        roles=_each(world.roles, lambda role: replace(role, tags={"Terraform": "true"})),
        accounts=_each(world.accounts, _marked),
    )


def _marked(account: ServiceAccount) -> ServiceAccount:
    """The first account is of Argo CD, and its annotation of whoever applied it; the others are of Helm."""
    if account.name == "api":
        tracking = {"argocd.argoproj.io/tracking-id": "app:/ServiceAccount:app/api"}
        return replace(account, marks=tracking, appliers={ROLE_ARN: "argocd-controller"})
    release = {"app.kubernetes.io/instance": account.name, "app.kubernetes.io/managed-by": "Helm"}
    return replace(account, marks=release)


def _each(facts: Subjects[T] | Missing, change: Callable[[T], T]) -> Subjects[T]:
    assert isinstance(facts, Subjects)
    for name, fact in facts.seen():
        facts = facts.put(name, change(fact))
    return facts
