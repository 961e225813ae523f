"""Pods were started under a wrong annotation: once it is right, they are outdated until a restart."""

from dataclasses import replace

from keystone_check.model.injection import ROLE, Container
from keystone_check.model.world import World
from keystone_check.sandbox.faults.annotations import (
    audience_annotation_is_empty,
    role_arn_is_of_another_partition,
)
from keystone_check.sandbox.faults.editing import account_of
from keystone_check.sandbox.faults.fault import fault
from keystone_check.sandbox.faults.pods import with_containers, with_volumes


@fault(breaks=("role_arn_is_in_the_partition", "role_exists", "sts_accepts_the_token"))
def pods_took_up_another_partition(world: World) -> World:
    """The annotation says `arn:aws-us-gov:` in a commercial account, and the pods were started with it."""
    bent = role_arn_is_of_another_partition.apply(world)
    wrong = account_of(bent).role_arn

    def edit(container: Container) -> Container:
        variables = tuple(replace(it, value=wrong) if it.name == ROLE else it for it in container.variables)
        return replace(container, variables=variables)

    return with_containers(bent, edit)


@fault(breaks=("injected_token_has_the_audience",))
def pods_took_up_an_empty_audience(world: World) -> World:
    """One account's annotation asks for an empty audience, and the pods were started with it."""
    return with_volumes(audience_annotation_is_empty.apply(world), lambda it: replace(it, audience=""))
