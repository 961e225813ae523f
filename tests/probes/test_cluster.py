"""Known keys and what a token says, on the sandbox."""

from collections.abc import Iterator

import pytest

from keystone_check.model.access import Access
from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.probes.cluster import accounts, annotated, appliers, known_keys, marks, tokens
from keystone_check.probes.kube import Kube
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving, serve
from keystone_check.sandbox.worlds import healthy

NOW = 1_700_000_000
NOW_2027 = 1_800_000_000


@pytest.fixture(scope="module")
def world(ground: Ground) -> World:
    return healthy(ground, NOW)


@pytest.fixture(scope="module")
def sandbox(world: World, ground: Ground) -> Iterator[Serving]:
    with serve(world, ground, clock=lambda: NOW) as serving:
        yield serving


def test_bound_accounts_are_those_with_the_annotation(sandbox: Serving) -> None:
    assert accounts(Kube(sandbox.access), sandbox.access) == sandbox.world.accounts


@pytest.mark.parametrize(
    ("entries", "seconds"),
    [
        ((), 0),
        ((("2027-01-15T08:00:00Z", "eks.amazonaws.com/role-arn"),), NOW_2027),
        ((("2027-01-15T08:00:00Z", "another"),), 0),
        (
            (
                ("2027-01-15T08:00:00Z", "eks.amazonaws.com/role-arn"),
                ("2026-01-15T08:00:00Z", "eks.amazonaws.com/role-arn"),
            ),
            NOW_2027,
        ),
    ],
)
def test_who_wrote_the_annotation_last_says_when(entries: tuple[tuple[str, str], ...], seconds: int) -> None:
    fields = [
        {"time": time, "fieldsV1": {"f:metadata": {"f:annotations": {f"f:{name}": {}}}}}
        for time, name in entries
    ]
    assert annotated({"managedFields": fields}) == seconds


def test_of_labels_and_annotations_those_are_kept_that_tell_who_manages() -> None:
    metadata = {
        "labels": {"app.kubernetes.io/managed-by": "Helm", "team": "platform"},
        "annotations": {"argocd.argoproj.io/tracking-id": "api:/ServiceAccount:app/api", "note": "secret"},
    }
    assert list(marks(metadata)) == ["app.kubernetes.io/managed-by", "argocd.argoproj.io/tracking-id"]
    assert marks({}) == {}


@pytest.mark.parametrize(("operation", "owned"), [("Apply", ["eks.amazonaws.com/role-arn"]), ("Update", [])])
def test_only_who_applied_a_field_owns_it(operation: str, owned: list[str]) -> None:
    named = {key: {"k": "v"} for key in (".", "f:eks.amazonaws.com/role-arn", "f:note")}
    fields = {"f:metadata": {"f:annotations": named}}
    entry = {"manager": "kustomize-controller", "operation": operation, "fieldsV1": fields}
    assert list(appliers({"managedFields": [entry, {"manager": "x", "operation": "Apply"}]})) == owned


def test_one_namespace_is_as_good_as_all(sandbox: Serving) -> None:
    found = accounts(Kube(sandbox.access), Access("test", namespace="app"))
    assert [key for key, _ in found] == ["app/api"]


def test_a_token_is_verified_by_the_keys_that_are_known(sandbox: Serving, world: World) -> None:
    account = ServiceAccount("app", "api", "", {"eks.amazonaws.com/audience": "elsewhere"})
    bound: Subjects[ServiceAccount] = Subjects(
        (("app/api", account), ("app/gone", Absent("app/gone", "gone")), ("app/x", Missing("app/x", "no")))
    )
    kube, keys = Kube(sandbox.access), known_keys((world.cluster_keys,))
    found = dict(tokens(kube, "sts.amazonaws.com", bound, lambda: keys).seen())["app/api"]
    assert found.audiences == ("elsewhere",)
    assert len(found.signed_by) == 1
    unknown = tokens(kube, "sts.amazonaws.com", bound, lambda: ())
    assert dict(unknown.seen())["app/api"].signed_by == ()
    assert [key for key, _ in unknown] == ["app/api", "app/x"]


def test_keys_of_all_sets_are_known_once_and_what_is_no_set_adds_none(world: World) -> None:
    page = Response("u", 200, (), "<html>", 6)
    gap = Missing("key_set", "no")
    assert len(known_keys((world.cluster_keys, world.cluster_keys, page, gap))) == 1
    assert known_keys((page, gap)) == ()
