"""What a new pod of a bound service account would get, by a dry run that leaves nothing behind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.injection import DryRun, Refused
from keystone_check.probes import rights
from keystone_check.probes.answer import Answer
from keystone_check.probes.kube_refusals import refused, said
from keystone_check.probes.limits import side_by_side
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.shapes import shape

if TYPE_CHECKING:
    from keystone_check.probes.kube import Kube

_SIDECAR = "sidecar"
_LITTLE = {"cpu": "1m", "memory": "4Mi"}


def injections(kube: Kube, accounts: Subjects[ServiceAccount]) -> Subjects[DryRun | Refused]:
    """One request for each account, side by side. An absent account has none."""
    there = [(name, account) for name, account in accounts if not isinstance(account, Absent)]

    def read(entry: tuple[str, ServiceAccount | Missing]) -> tuple[str, DryRun | Refused | Missing]:
        name, account = entry
        return name, account if isinstance(account, Missing) else _injection(kube, name, account)

    return Subjects(tuple(side_by_side(read, there)))


def probe(account: ServiceAccount) -> dict[str, Any]:
    """The least pod that Pod Security's level "restricted" and a quota on requests and limits let through.

    It names no user: OpenShift gives each namespace its own range of them and refuses any other. Beside the
    container that the answer is read for it has a native sidecar, to see what becomes of that.
    """
    container = {
        "image": "registry.k8s.io/pause:3.10",
        "resources": {"requests": _LITTLE, "limits": _LITTLE},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "generateName": "keystone-check-",
            "namespace": account.namespace,
            "labels": {"app.kubernetes.io/managed-by": "keystone-check"},
        },
        "spec": {
            "serviceAccountName": account.name,
            "restartPolicy": "Never",
            "securityContext": {
                "runAsNonRoot": True,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "initContainers": [{"name": _SIDECAR, "restartPolicy": "Always", **container}],
            "containers": [{"name": "probe", **container}],
        },
    }


def _injection(kube: Kube, name: str, account: ServiceAccount) -> DryRun | Refused | Missing:
    try:
        pod = probe(account)
        return _read(kube.dry_run(account.namespace, pod), account, pod["spec"])
    except ReadError as refusal:
        return refusal.missing(name)


def _read(answer: Answer, account: ServiceAccount, asked: Mapping[str, Any]) -> DryRun | Refused:
    what = f"{rights.CREATE_POD.permission} for {account.namespace}/{account.name}, as a dry run"
    if answer.status == 201:
        spec = _spec(answer.body, what)
        return DryRun(shape(_without_sidecar(spec)), tuple(_warnings(answer)), tuple(_dropped(asked, spec)))
    message = said(answer.body)
    if answer.status in (401, 429) or not message or _UNAUTHORIZED in message:
        raise refused(what, answer, 1, rights.CREATE_POD)
    return Refused(_nameless(message))


def _spec(body: bytes, what: str) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads(body)["spec"]
    except (ValueError, TypeError, KeyError) as error:
        raise ReadError(f"{what}: the answer is no pod") from error
    return found


def _without_sidecar(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    initial = spec.get("initContainers") or ()
    return {**spec, "initContainers": [it for it in initial if it.get("name") != _SIDECAR]}


def _dropped(asked: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[str]:
    """Fields of containers that the answer lacks: a webhook that knows an older API leaves them out."""
    for kind in ("initContainers", "containers"):
        there = {it.get("name"): it for it in spec.get(kind) or ()}
        for container in asked[kind]:
            found = there.get(container["name"], {})
            yield from (f"{kind}.{field}" for field in container if field not in found)


_UNAUTHORIZED = 'cannot create resource "pods"'
"""RBAC's own words; every other 403 is an admission's (quota, Pod Security), which is a fact."""


def _nameless(message: str) -> str:
    """The message without the letters that the API server draws for the pod's name."""
    return re.sub(r"keystone-check-[a-z0-9]{5}\b", "keystone-check", message)


def _warnings(answer: Answer) -> Iterator[str]:
    for name, value in answer.headers:
        if name.lower() == "warning":
            said = re.findall(r'299 \S+ "((?:[^"\\]|\\.)*)"', value)
            yield from (it for it in said if not _is_of_an_older_api(it))


def _is_of_an_older_api(warning: str) -> bool:
    """That this API server does not know a field of ours is no news for whom it serves."""
    return warning.startswith("unknown field") and "restartPolicy" in warning
