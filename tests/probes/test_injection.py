"""A dry run tells what a new pod gets, or in the API server's words why there is none; it leaves nothing."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.injection import DryRun, Refused
from keystone_check.probes import rights
from keystone_check.probes.injection import injections, probe
from keystone_check.probes.kube import Kube
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving, serve
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW

QUOTA = "exceeded quota: small, requested: pods=1, used: pods=10, limited: pods=10"


@pytest.fixture
def ground() -> Ground:
    """One for each test: an account is served once."""
    return Ground.make()


@pytest.fixture
def sandbox(ground: Ground) -> Iterator[Serving]:
    world = healthy(ground, NOW)
    assert isinstance(world.injections, Subjects)
    refused = Refused(f'pods "keystone-check" is forbidden: {QUOTA}')
    with serve(
        replace(world, injections=world.injections.put("app/api", refused)), ground, clock=lambda: NOW
    ) as serving:
        yield serving


def test_a_quota_is_a_fact_and_no_missing_right(sandbox: Serving) -> None:
    assert isinstance(sandbox.world.accounts, Subjects)
    found = dict(injections(Kube(sandbox.access), sandbox.world.accounts))
    assert found["app/api"] == Refused(f'pods "keystone-check" is forbidden: {QUOTA}')
    assert isinstance(found["karpenter/karpenter"], DryRun)


def test_it_leaves_nothing_behind(sandbox: Serving) -> None:
    assert isinstance(sandbox.world.accounts, Subjects)
    kube = Kube(sandbox.access)
    before = list(kube.listed(rights.LIST_PODS))
    injections(kube, sandbox.world.accounts)
    assert list(kube.listed(rights.LIST_PODS)) == before


def test_without_the_right_each_gap_names_it(ground: Ground) -> None:
    world = healthy(ground, NOW)
    assert isinstance(world.accounts, Subjects)
    with serve(world, ground, clock=lambda: NOW, denied=("create pods in app",)) as serving:
        found = dict(injections(Kube(serving.access), world.accounts))
    gap = found["app/api"]
    assert isinstance(gap, Missing)
    assert gap.permission == "create pods"
    assert isinstance(found["karpenter/karpenter"], DryRun)


def test_who_is_absent_is_not_asked_for_and_who_is_not_known_stays_a_gap(sandbox: Serving) -> None:
    gap = Missing("app/x", "no")
    bound: Subjects[ServiceAccount] = Subjects((("app/gone", Absent("app/gone", "gone")), ("app/x", gap)))
    assert injections(Kube(sandbox.access), bound) == Subjects((("app/x", gap),))


def test_the_pod_meets_the_restricted_pod_security_standard() -> None:
    spec = probe(ServiceAccount("app", "api", "", {}))["spec"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in (*spec["initContainers"], *spec["containers"]):
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"].keys() == {"cpu", "memory"}
