"""Restarting a workload as kubectl does: by an annotation of its pod template."""

import datetime
from urllib.parse import quote

from keystone_check.model.workload import RESTARTED_AT, RestartWorkload
from keystone_check.probes.kube import Kube
from keystone_check.remedy.apply.rights import of_workload


def restarted_since(kube: Kube, change: RestartWorkload) -> tuple[str | None, bool, str]:
    """A restart later than the plan, whether the plan's own is there, and the version that was read."""
    read = of_workload("get", change)
    found = kube.request("GET", path(change), ask=read, what=_what(change, "get"))
    template = (found.get("spec") or {}).get("template") or {}
    at = ((template.get("metadata") or {}).get("annotations") or {}).get(RESTARTED_AT, "")
    version = str(found["metadata"].get("resourceVersion", ""))
    later = f"a restart at {at}" if _is_later(at, change.at) else None
    return later, at == change.at, version


def restart(kube: Kube, change: RestartWorkload, version: str) -> None:
    """A merge patch with a resourceVersion: the API server answers 409 if anyone wrote in between."""
    write = of_workload("patch", change)
    annotated = {"metadata": {"annotations": {RESTARTED_AT: change.at}}}
    kube.request(
        "PATCH",
        path(change),
        {"metadata": {"resourceVersion": version}, "spec": {"template": annotated}},
        content_type="application/merge-patch+json",
        ask=write,
        what=_what(change, "patch"),
    )


def path(change: RestartWorkload) -> str:
    """Where the API server has the workload."""
    return f"/apis/apps/v1/namespaces/{quote(change.namespace)}/{change.kind}s/{quote(change.name)}"


def _what(change: RestartWorkload, verb: str) -> str:
    return f"{verb} {change.kind}s.apps {change.namespace}/{change.name}"


def _is_later(found: str, planned: str) -> bool:
    """kubectl writes the time of its own zone; what is no time is not compared."""
    try:
        return datetime.datetime.fromisoformat(found) > datetime.datetime.fromisoformat(planned)
    except (ValueError, TypeError):
        return False
