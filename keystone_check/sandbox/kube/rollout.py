"""What the controllers of workloads do when a pod template changes: every pod is made anew."""

from collections.abc import Iterator
from typing import Any

from keystone_check.sandbox.kube import objects
from keystone_check.sandbox.kube.mutation import VOLUME, mutated
from keystone_check.sandbox.kube.pods import admitted
from keystone_check.sandbox.kube.resources import (
    DAEMON_SETS,
    DEPLOYMENTS,
    PODS,
    REPLICA_SETS,
    STATEFUL_SETS,
    Resource,
)
from keystone_check.sandbox.kube.state import Identity
from keystone_check.sandbox.kube.store import Store
from keystone_check.sandbox.kube.wire import Object

HASH = "pod-template-hash"
OWN_TOKEN = "kube-api-access-"
WORKLOADS = (DEPLOYMENTS, STATEFUL_SETS, DAEMON_SETS)
_GIVEN = frozenset(
    {
        "AWS_ROLE_ARN",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_STS_REGIONAL_ENDPOINTS",
    }
)


def template_of(workload: Object) -> Any:
    """The part of a workload whose change makes its pods anew."""
    return (workload.get("spec") or {}).get("template")


def roll_out(store: Store, identity: Identity, resource: Resource, workload: Object, now: int) -> None:
    """New pods in place of those that run, without waiting for any of them."""
    metadata = workload["metadata"]
    namespace, name = metadata["namespace"], metadata["name"]
    fresh = objects.random_suffix() + objects.random_suffix()
    if resource is DEPLOYMENTS:
        made = objects.new(REPLICA_SETS, namespace, {"metadata": {"name": f"{name}-{fresh}"}}, now)
        store.create(REPLICA_SETS, made)
    for pod in tuple(_owned(store, resource, namespace, name)):
        store.delete(PODS, (namespace, pod["metadata"]["name"]), lambda value: None, dry_run=False)
        new = objects.new(PODS, namespace, _anew(pod, resource, name, fresh), now)
        new = admitted(store, new, objects.random_suffix(), identity)
        store.create(PODS, mutated(store, identity, new, now))


def _owned(store: Store, resource: Resource, namespace: str, name: str) -> Iterator[Object]:
    for found in store.list(PODS, namespace):
        metadata = found.value["metadata"]
        suffix = f"-{metadata.get('labels', {}).get(HASH, '')}"
        owners = metadata.get("ownerReferences") or ()
        wanted = ("ReplicaSet", f"{name}{suffix}") if resource is DEPLOYMENTS else (resource.kind, name)
        if any((owner["kind"], owner["name"]) == wanted for owner in owners):
            yield found.value


def _anew(pod: Object, resource: Resource, name: str, fresh: str) -> Object:
    """The pod as its template has it: without what admission gave it."""
    metadata = dict(pod["metadata"])
    kept = {key: metadata[key] for key in ("labels", "annotations", "ownerReferences") if key in metadata}
    new_name = metadata["name"]
    if resource is DEPLOYMENTS:
        owners = [{**owner, "name": f"{name}-{fresh}"} for owner in metadata["ownerReferences"]]
        kept |= {"labels": {**metadata["labels"], HASH: fresh}, "ownerReferences": owners}
        new_name = f"{name}-{fresh}-{objects.random_suffix()}"
    return {
        "metadata": {**kept, "name": new_name},
        "spec": _spec(pod["spec"]),
        "status": {"phase": "Running"},
    }


def _spec(spec: Object) -> Object:
    volumes = spec.get("volumes") or []
    given = any(volume["name"] == VOLUME for volume in volumes)
    admission = {it["name"] for it in volumes if it["name"] == VOLUME or it["name"].startswith(OWN_TOKEN)}
    containers = {
        key: [_container(it, admission, given) for it in spec[key]]
        for key in ("initContainers", "containers")
        if spec.get(key)
    }
    return {**spec, **containers, "volumes": [it for it in volumes if it["name"] not in admission]}


def _container(container: Object, admission: set[str], given: bool) -> Object:
    env = [it for it in container.get("env") or () if not (given and it["name"] in _GIVEN)]
    mounts = [it for it in container.get("volumeMounts") or () if it["name"] not in admission]
    return {**container, "env": env, "volumeMounts": mounts}
