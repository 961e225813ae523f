"""A restart makes new pods of the workloads that it is asked for, by kubectl's own annotation."""

from dataclasses import replace
from functools import partial

from keystone_check.checks import load
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Safety
from keystone_check.model.world import World
from keystone_check.probes.gather import gather
from keystone_check.probes.kube import Kube
from keystone_check.remedy.apply import apply
from keystone_check.remedy.mend import mend, rehearsed
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW

CHECKS = load()
RESTARTS = frozenset({Safety.SAFE, Safety.RESTART})


def owned(world: World, kind: str, owner: str) -> World:
    """The world in which the pod without a role is of this owner."""
    assert isinstance(world.pods, Subjects)
    name, pod = next((name, pod) for name, pod in world.pods.seen() if pod.account == "api")
    pod = replace(pod, owner_kind=kind, owner_name=owner, labels={})
    return replace(world, pods=world.pods.put(name, pod))


def test_a_stateful_sets_pods_are_made_anew_under_their_names() -> None:
    ground = Ground.make()
    world = owned(FAULTS["pod-was-never-injected"].apply(healthy(ground, NOW)), "StatefulSet", "api")
    with serve(world, ground, clock=lambda: NOW) as serving:
        look = partial(gather, serving.access, clock=lambda: NOW)
        mended = mend(look, CHECKS, partial(apply, serving.access), RESTARTS)
        workload = Kube(serving.access).request("GET", "/apis/apps/v1/namespaces/app/statefulsets/api")
    assert len(mended.applied) == 1
    assert not mended.after.broken
    assert workload["spec"]["template"]["metadata"]["annotations"] == {
        "kubectl.kubernetes.io/restartedAt": "2027-01-15T08:00:00Z"
    }


def test_pods_that_nothing_makes_anew_are_left_as_they_are() -> None:
    world = owned(FAULTS["pod-was-never-injected"].apply(healthy(Ground.make(), NOW)), "Job", "once")
    mended = rehearsed(world, CHECKS, frozenset(Safety))
    assert mended.applied == ()
    assert [item.release for item in mended.held_back] == ["kubectl -n app delete pod api-5d8c7b9f6d-x2x4z"]


def test_new_pods_do_not_get_what_is_still_wrong() -> None:
    world = FAULTS["pod-was-never-injected"].apply(healthy(Ground.make(), NOW))
    world = FAULTS["role-is-missing"].apply(world)
    mended = rehearsed(world, CHECKS, RESTARTS)
    assert mended.applied == ()
    assert "mend role_exists" in " ".join(item.release for item in mended.held_back)
