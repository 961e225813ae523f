"""The objects of a world's webhooks and pods, as the emulated API server holds them."""

import base64
from collections.abc import Iterator
from typing import Any

from keystone_check.model.facts import Absent, Missing
from keystone_check.model.injection import (
    DEFAULT_TOKEN,
    Backend,
    Container,
    Requirement,
    RunningPod,
    Shape,
    Volume,
    Webhook,
)
from keystone_check.model.world import World
from keystone_check.sandbox.authorities import pem_of
from keystone_check.sandbox.kube.resources import (
    CRON_JOBS,
    DAEMON_SETS,
    DEPLOYMENTS,
    ENDPOINT_SLICES,
    PODS,
    REPLICA_SETS,
    SERVICES,
    STATEFUL_SETS,
    WEBHOOKS,
)
from keystone_check.sandbox.kube.state import Seed

_RULE = {
    "operations": ["CREATE"],
    "apiGroups": [""],
    "apiVersions": ["v1"],
    "resources": ["pods"],
    "scope": "*",
}
_OWNERS = {"statefulset": STATEFUL_SETS, "daemonset": DAEMON_SETS}
_REFERENCES = {
    "secret": {"secretKeyRef": {"name": "aws", "key": "key"}},
    "config map": {"configMapKeyRef": {"name": "aws", "key": "key"}},
    "field": {"fieldRef": {"fieldPath": "metadata.name"}},
}


_IMPORTS = {"secret": "secretRef", "config map": "configMapRef"}


def seeds(world: World) -> tuple[Seed, ...]:
    """Webhook configurations, what answers for them, pods with what owns them, and CronJobs."""
    return (*_configurations(world), *_backends(world), *_pods(world), *_cron_jobs(world))


def labels(world: World) -> dict[str, dict[str, str]]:
    """The labels of namespaces, by name."""
    if isinstance(world.namespaces, Missing):
        return {}
    return {name: dict(namespace.labels) for name, namespace in world.namespaces.seen()}


def _configurations(world: World) -> Iterator[Seed]:
    found = () if isinstance(world.webhooks, Missing) else tuple(it for _, it in world.webhooks.seen())
    for name in dict.fromkeys(webhook.configuration for webhook in found):
        hooks = [_webhook(webhook) for webhook in found if webhook.configuration == name]
        yield Seed(WEBHOOKS, "", {"metadata": {"name": name}, "webhooks": hooks})


def _webhook(found: Webhook) -> dict[str, Any]:
    namespace, _, service = found.service.partition("/")
    called = {"namespace": namespace, "name": service, "path": found.url, "port": found.port}
    client: dict[str, Any] = {"service": called} if service else {"url": found.url}
    if found.authorities:
        bundle = "".join(pem_of(certificate) for certificate in found.authorities)
        client["caBundle"] = base64.b64encode(bundle.encode()).decode()
    elif found.unreadable:
        client["caBundle"] = base64.b64encode(b"Cg==").decode()
    return {
        "name": found.name,
        "clientConfig": client,
        "rules": [_RULE],
        "failurePolicy": found.failure_policy,
        "matchPolicy": "Equivalent",
        "namespaceSelector": _selector(found.namespaces),
        "objectSelector": _selector(found.objects),
        "sideEffects": "None",
        "timeoutSeconds": found.timeout,
        "admissionReviewVersions": ["v1beta1"],
        "reinvocationPolicy": found.reinvocation,
    }


def _selector(requirements: tuple[Requirement, ...]) -> dict[str, Any]:
    expressions = [
        {"key": it.key, "operator": it.operator, **({"values": list(it.values)} if it.values else {})}
        for it in requirements
    ]
    return {"matchExpressions": expressions} if expressions else {}


def _backends(world: World) -> Iterator[Seed]:
    for service, found in () if isinstance(world.webhook_backends, Missing) else world.webhook_backends:
        namespace, _, name = service.partition("/")
        if isinstance(found, Absent | Missing):
            continue
        ports = [{"port": port, "protocol": "TCP", "targetPort": port} for port in found.ports]
        yield Seed(SERVICES, namespace, {"metadata": {"name": name}, "spec": {"ports": ports}})
        yield Seed(ENDPOINT_SLICES, namespace, _slice(name, found))


def _slice(name: str, found: Backend) -> dict[str, Any]:
    states = [True] * found.ready + [False] * found.unready
    return {
        "metadata": {"name": f"{name}-7xk2p", "labels": {"kubernetes.io/service-name": name}},
        "addressType": "IPv4",
        "endpoints": [
            {"addresses": [f"10.42.0.{number}"], "conditions": {"ready": ready}}
            for number, ready in enumerate(states, 10)
        ],
        "ports": [{"port": port, "protocol": "TCP"} for port in found.ports],
    }


def _pods(world: World) -> Iterator[Seed]:
    found = () if isinstance(world.pods, Missing) else tuple(it for _, it in world.pods.seen())
    owned = dict.fromkeys((pod.namespace, pod.owner_name, pod.workload) for pod in found if pod.owner_name)
    for namespace, replica_set, (kind, name) in owned:
        if kind == "deployment":
            yield Seed(DEPLOYMENTS, namespace, {"metadata": {"name": name}})
            yield Seed(REPLICA_SETS, namespace, {"metadata": {"name": replica_set}})
        elif kind in _OWNERS:
            yield Seed(_OWNERS[kind], namespace, {"metadata": {"name": name}})
    yield from (Seed(PODS, pod.namespace, _pod(pod), pod.created) for pod in found)


def _pod(pod: RunningPod) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": pod.name, "labels": dict(pod.labels)}
    if pod.owner_kind:
        owner = {"apiVersion": "apps/v1", "kind": pod.owner_kind, "name": pod.owner_name}
        metadata["ownerReferences"] = [{**owner, "uid": "-", "controller": True}]
    if pod.skipped:
        metadata["annotations"] = {"eks.amazonaws.com/skip-containers": pod.skipped}
    spec = _spec(pod.account, pod.shape)
    if pod.host_network:
        spec["hostNetwork"] = True
    return {"metadata": metadata, "spec": spec, "status": {"phase": pod.phase}}


def _spec(account: str, shape: Shape) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "serviceAccountName": account,
        "containers": [_container(container) for container in shape.containers],
        "volumes": [_volume(volume) for volume in shape.volumes],
    }
    if shape.group is not None:
        spec["securityContext"] = {"fsGroup": shape.group}
    return spec


def _cron_jobs(world: World) -> Iterator[Seed]:
    for _, found in () if isinstance(world.templates, Missing) else world.templates.seen():
        template = {"spec": {"template": {"spec": _spec(found.account, found.shape)}}}
        spec = {"schedule": "0 3 * * *", "jobTemplate": template}
        yield Seed(CRON_JOBS, found.namespace, {"metadata": {"name": found.name}, "spec": spec})


def _container(container: Container) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": container.name,
        "image": f"registry.example/{container.name}:1",
        "env": [
            {"name": it.name, "value": it.value or "not shown"}
            if it.source == "value"
            else {"name": it.name, "valueFrom": _REFERENCES[it.source]}
            for it in container.variables
        ],
        "volumeMounts": [{"name": _drawn(it.volume), "mountPath": it.path} for it in container.mounts],
    }
    if container.imports:
        found["envFrom"] = [{_IMPORTS[it.source]: {"name": it.name}} for it in container.imports]
    if container.user is not None:
        found["securityContext"] = {"runAsUser": container.user}
    return found


def _drawn(volume: str) -> str:
    """A volume's name with the letters that a cluster draws for its own token's."""
    return f"{DEFAULT_TOKEN}-8rk2d" if volume == DEFAULT_TOKEN else volume


def _volume(volume: Volume) -> dict[str, Any]:
    name = _drawn(volume.name)
    if volume.kind == "secret":
        return {"name": name, "secret": {"secretName": name, "defaultMode": volume.mode}}
    token: dict[str, Any] = {"path": volume.path, "expirationSeconds": volume.expiration}
    if volume.audience:
        token["audience"] = volume.audience
    projected = {"sources": [{"serviceAccountToken": token}], "defaultMode": volume.mode}
    return {"name": name, "projected": projected}
