"""What the API server writes into a pod: defaults and the service account's token."""

from typing import Any

from keystone_check.sandbox.kube.resources import PODS, SERVICE_ACCOUNTS
from keystone_check.sandbox.kube.state import Identity
from keystone_check.sandbox.kube.status import forbidden
from keystone_check.sandbox.kube.store import Store
from keystone_check.sandbox.kube.wire import Object

TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
_TOLERATIONS = [
    {
        "key": f"node.kubernetes.io/{key}",
        "operator": "Exists",
        "effect": "NoExecute",
        "tolerationSeconds": 300,
    }
    for key in ("not-ready", "unreachable")
]


def admitted(store: Store, value: Object, suffix: str, identity: Identity) -> Object:
    """The pod as the ServiceAccount admission leaves it, or the refusal of that or another admission."""
    metadata, spec = value["metadata"], dict(value.get("spec") or {})
    name = spec.get("serviceAccountName") or spec.get("serviceAccount") or "default"
    namespace = metadata["namespace"]
    if not store.has(SERVICE_ACCOUNTS, namespace, name):
        raise forbidden(
            PODS.plural,
            PODS.group,
            metadata["name"],
            f'error looking up service account {namespace}/{name}: serviceaccount "{name}" not found',
        )
    if f"{namespace}/{name}" in identity.refused:
        raise forbidden(PODS.plural, PODS.group, metadata["name"], identity.refused[f"{namespace}/{name}"])
    account = store.get(SERVICE_ACCOUNTS, namespace, name).value
    spec |= {"serviceAccountName": name, "serviceAccount": name}
    mounts = spec.get("automountServiceAccountToken", account.get("automountServiceAccountToken"))
    return {**value, "spec": spec if mounts is False else _with_token(spec, f"kube-api-access-{suffix}")}


def with_defaults(value: Object) -> Object:
    """The pod with the fields that nobody set."""
    spec = dict(value.get("spec") or {})
    for key in ("initContainers", "containers"):
        if spec.get(key):
            spec[key] = [_container(container) for container in spec[key]]
    defaults = {
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "securityContext": {},
        "schedulerName": "default-scheduler",
        "tolerations": _TOLERATIONS,
        "priority": 0,
        "enableServiceLinks": True,
        "preemptionPolicy": "PreemptLowerPriority",
    }
    status = {"phase": "Pending", "qosClass": _quality(spec.get("containers") or [])}
    status |= value.get("status") or {}
    return {**value, "spec": spec | _lacking(spec, defaults), "status": status}


def _lacking(given: Object, defaults: Object) -> dict[str, Any]:
    return {key: default for key, default in defaults.items() if key not in given}


def _container(container: Object) -> Object:
    image = str(container.get("image") or "")
    tag = image.rpartition("/")[2].partition(":")[2]
    pull = "Always" if tag in ("", "latest") and "@" not in image else "IfNotPresent"
    defaults = {
        "resources": {},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": pull,
    }
    return {**container, **_lacking(container, defaults)}


def _quality(containers: list[Any]) -> str:
    asked = [container.get("resources") or {} for container in containers]
    if not any(item.get("requests") or item.get("limits") for item in asked):
        return "BestEffort"
    guaranteed = all(
        item.get("limits", {}).keys() >= {"cpu", "memory"}
        and item.get("requests", item["limits"]) == item["limits"]
        for item in asked
    )
    return "Guaranteed" if guaranteed else "Burstable"


def _with_token(spec: Object, volume: str) -> Object:
    sources = [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {
            "downwardAPI": {
                "items": [
                    {
                        "path": "namespace",
                        "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"},
                    }
                ]
            }
        },
    ]
    projected = {"name": volume, "projected": {"sources": sources, "defaultMode": 420}}
    containers = {
        key: [_mounted(container, volume) for container in spec[key]]
        for key in ("initContainers", "containers")
        if spec.get(key)
    }
    if not any(_needs_mount(c) for key in containers for c in spec[key]):
        return spec
    return {**spec, "volumes": [*(spec.get("volumes") or []), projected], **containers}


def _mounted(container: Object, volume: str) -> Object:
    if not _needs_mount(container):
        return container
    mount = {"name": volume, "readOnly": True, "mountPath": TOKEN_PATH}
    return {**container, "volumeMounts": [*(container.get("volumeMounts") or []), mount]}


def _needs_mount(container: Object) -> bool:
    return all(mount.get("mountPath") != TOKEN_PATH for mount in container.get("volumeMounts") or [])
