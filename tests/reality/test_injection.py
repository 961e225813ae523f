"""Webhooks, services and pods of the sandbox on a real kube-apiserver: taken, read back, refused alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import pytest

from keystone_check.model.access import Access
from keystone_check.model.facts import Subjects
from keystone_check.model.injection import Requirement, Webhook
from keystone_check.model.world import World
from keystone_check.probes import rights
from keystone_check.probes.gather import gather
from keystone_check.probes.kube import Kube
from keystone_check.sandbox import furnishing
from keystone_check.sandbox.authorities import ANOTHER, certificate
from keystone_check.sandbox.faults.injection import webhook_has_no_service
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.kube.resources import PODS, SERVICES, WEBHOOKS, Resource
from keystone_check.sandbox.kube.state import Seed
from keystone_check.sandbox.serve import wall_clock
from keystone_check.sandbox.workloads import WEBHOOK
from keystone_check.sandbox.worlds import healthy
from tests.reality.apiserver import Settings, serve
from tests.reality.build import Binaries
from tests.reality.test_suite import _create

pytestmark = pytest.mark.reality


@dataclass(frozen=True)
class Place:
    """A real cluster that holds a world's objects."""

    kube: Kube
    access: Access
    world: World

    def look(self, *needs: str) -> World:
        """What is there now of this link."""
        return gather(self.access, frozenset(needs))


@pytest.fixture(scope="module")
def place(built: Binaries) -> Iterator[Place]:
    world = healthy(Ground.make(), wall_clock())
    with serve(Settings()) as server:
        access = Access("reality", kubeconfig=str(server.kubeconfig()))
        kube = Kube(access)
        assert isinstance(world.accounts, Subjects)
        for _, account in world.accounts.seen():
            _create(kube, account)
        kube.request("POST", "/api/v1/namespaces", {"metadata": {"name": "pod-identity-webhook"}})
        for seed in furnishing.seeds(world):
            if seed.resource.group != "apps" and seed.resource is not WEBHOOKS:
                kube.request("POST", path(seed.resource, seed.namespace), body(seed))
        yield Place(kube, access, world)


def path(resource: Resource, namespace: str, name: str = "") -> str:
    """Where objects of a kind are."""
    root = f"/apis/{resource.group}/{resource.version}" if resource.group else "/api/v1"
    inside = f"/namespaces/{quote(namespace)}" if namespace else ""
    return f"{root}{inside}/{resource.plural}{f'/{name}' if name else ''}"


def body(seed: Seed) -> Mapping[str, Any]:
    """The object, as a client sends it: owners need a uid of a real one, and status is the server's."""
    value = {key: part for key, part in seed.value.items() if key != "status"}
    if seed.resource is not PODS:
        return value
    owners = [
        {**owner, "uid": "00000000-0000-4000-8000-000000000000"}
        for owner in value["metadata"].get("ownerReferences", ())
    ]
    return {**value, "metadata": {**value["metadata"], "ownerReferences": owners}}


@pytest.fixture
def registered(place: Place) -> Iterator[Any]:
    """Register a world's webhooks for the time of a test."""

    def register(world: World) -> None:
        for seed in furnishing.seeds(world):
            if seed.resource is WEBHOOKS:
                place.kube.request("POST", path(WEBHOOKS, ""), seed.value)

    yield register
    place.kube.request("DELETE", path(WEBHOOKS, "", "pod-identity-webhook"))


@pytest.fixture
def without_service(place: Place) -> Iterator[None]:
    """Take the service away, so that the API server calls no address at all, and put it back."""
    (seed,) = (it for it in furnishing.seeds(place.world) if it.resource is SERVICES)
    name = seed.value["metadata"]["name"]
    place.kube.request("DELETE", path(SERVICES, seed.namespace, name))
    yield
    place.kube.request("POST", path(SERVICES, seed.namespace), seed.value)


def test_what_the_sandbox_holds_a_real_server_takes_and_gives_back(place: Place, registered: Any) -> None:
    registered(place.world)
    found = place.look("webhooks", "webhook_backends", "namespaces", "pods")
    assert found.webhooks == place.world.webhooks
    assert found.webhook_backends == place.world.webhook_backends
    assert found.namespaces == place.world.namespaces
    assert isinstance(found.pods, Subjects)
    assert isinstance(place.world.pods, Subjects)
    assert [it.shape for _, it in found.pods.seen()] == [it.shape for _, it in place.world.pods.seen()]
    assert [it.workload for _, it in found.pods.seen()] == [it.workload for _, it in place.world.pods.seen()]


@pytest.mark.usefixtures("without_service")
def test_a_webhook_that_cannot_be_called_and_may_fail_leaves_a_pod_bare(
    place: Place, registered: Any
) -> None:
    gone = webhook_has_no_service.apply(place.world)
    registered(gone)
    before = list(place.kube.listed(rights.LIST_PODS))
    assert place.look("injections").injections == gone.injections
    assert len(list(place.kube.listed(rights.LIST_PODS))) == len(before)


@pytest.mark.usefixtures("without_service")
def test_a_service_that_is_gone_is_worded_as_the_sandbox_words_it(place: Place, registered: Any) -> None:
    gone = webhook_has_no_service.apply(with_policy(place.world))
    registered(gone)
    assert place.look("injections").injections == gone.injections


def with_policy(world: World) -> World:
    """The world whose webhook must not fail."""
    assert isinstance(world.webhooks, Subjects)
    webhook = world.webhooks[WEBHOOK]
    assert isinstance(webhook, Webhook)
    elsewhere = (Requirement("kubernetes.io/metadata.name", "NotIn", ("pod-identity-webhook",)),)
    strict = replace(
        webhook, failure_policy="Fail", namespaces=elsewhere, authorities=(certificate(ANOTHER),)
    )
    return replace(world, webhooks=Subjects(((WEBHOOK, strict),)))
