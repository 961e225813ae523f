"""A rehearsal knows what new pods get once an annotation is another, or says that only a look can tell."""

from dataclasses import replace

import pytest

from keystone_check.model.change import SetAnnotation
from keystone_check.model.cluster import AUDIENCE, ROLE_ARN, TOKEN_EXPIRATION
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.injection import ROLE, DryRun
from keystone_check.model.world import World
from keystone_check.remedy.rehearse import rehearse
from keystone_check.sandbox.faults.editing import account_of
from keystone_check.sandbox.injecting import pods_settled
from tests.sandbox.worlds import healthy_world


def after(world: World, annotation: str, text: str) -> DryRun | Missing:
    """The dry run of the application's account once the annotation says this."""
    before = account_of(world).annotations.get(annotation)
    changed = rehearse(world, [SetAnnotation("app", "api", annotation, before, text)])
    assert isinstance(changed.injections, Subjects)
    shown = changed.injections["app/api"]
    assert isinstance(shown, DryRun | Missing)
    return shown


def unannotated() -> World:
    """The application's account names no role, and its pods get none."""
    world = healthy_world()
    assert isinstance(world.accounts, Subjects)
    bare = replace(account_of(world), annotations={})
    return pods_settled(world, replace(world, accounts=world.accounts.put("app/api", bare)))


def test_another_role_is_given() -> None:
    shown = after(healthy_world(), ROLE_ARN, "arn:aws:iam::111122223333:role/another")
    assert isinstance(shown, DryRun)
    assert shown.shape.containers[0].value(ROLE) == "arn:aws:iam::111122223333:role/another"


@pytest.mark.parametrize(("seconds", "given"), [("7200", 7200), ("60", 600), ("soon", 86400)])
def test_another_life_is_given_of_600_seconds_at_least(seconds: str, given: int) -> None:
    shown = after(healthy_world(), TOKEN_EXPIRATION, seconds)
    assert isinstance(shown, DryRun)
    assert [it.expiration for it in shown.shape.volumes] == [given, 3607]


def test_another_audience_is_given_and_the_api_servers_own_token_stays() -> None:
    shown = after(healthy_world(), AUDIENCE, "elsewhere")
    assert isinstance(shown, DryRun)
    assert [it.audience for it in shown.shape.volumes] == ["elsewhere", ""]


def test_who_had_no_role_gets_one_as_others_do() -> None:
    world, role = unannotated(), account_of(healthy_world()).role_arn
    assert after(world, ROLE_ARN, role) == dict(settled_injections(healthy_world()))["app/api"]


def test_where_nobody_is_given_a_role_only_a_look_can_tell() -> None:
    world = unannotated()
    assert isinstance(world.injections, Subjects)
    bare = world.injections["app/api"]
    world = replace(world, injections=Subjects(tuple((name, bare) for name, _ in world.injections)))
    assert isinstance(after(world, ROLE_ARN, "arn:aws:iam::111122223333:role/api"), Missing)


def settled_injections(world: World) -> Subjects[object]:
    """What a world's dry runs show."""
    assert isinstance(world.injections, Subjects)
    return Subjects(world.injections.entries)
