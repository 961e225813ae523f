"""The running pods of bound service accounts, and the templates of their CronJobs: one paged listing each."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.injection import RunningPod, Template
from keystone_check.probes import rights
from keystone_check.probes.shapes import shape

if TYPE_CHECKING:
    from keystone_check.probes.kube import Kube

SKIPPED = "eks.amazonaws.com/skip-containers"
_NOT_ENDED = [("fieldSelector", "status.phase!=Succeeded,status.phase!=Failed")]


def pods(kube: Kube, namespace: str, accounts: Subjects[ServiceAccount]) -> Subjects[RunningPod]:
    """Those that have not ended, sorted by `namespace/name`; of the others nothing is kept.

    Where the look is confined to a namespace, or the bound accounts lie in one, only theirs are listed.
    """
    bound = _bound(accounts)
    found = (
        _pod(item)
        for place in _places(namespace, bound)
        for item in kube.listed(rights.LIST_PODS, place, _NOT_ENDED)
        if _account(item) in bound
    )
    return Subjects(tuple(sorted(((f"{it.namespace}/{it.name}", it) for it in found), key=lambda e: e[0])))


def templates(kube: Kube, namespace: str, accounts: Subjects[ServiceAccount]) -> Subjects[Template]:
    """Those of CronJobs, sorted by `namespace/name`; of the others nothing is kept."""
    bound = _bound(accounts)
    found = (
        template
        for place in _places(namespace, bound)
        for item in kube.listed(rights.LIST_CRON_JOBS, place)
        if f"{(template := _template(item)).namespace}/{template.account}" in bound
    )
    return Subjects(tuple(sorted(((f"{it.namespace}/{it.name}", it) for it in found), key=lambda e: e[0])))


def _bound(accounts: Subjects[ServiceAccount]) -> set[str]:
    return {name for name, account in accounts if not isinstance(account, Absent | Missing)}


def _places(namespace: str, bound: set[str]) -> list[str]:
    """The namespaces to list, or the empty name for all at once."""
    places = {name.partition("/")[0] for name in bound}
    return sorted(places) if namespace or len(places) < 2 else [""]


def _template(item: Mapping[str, Any]) -> Template:
    metadata, spec = item["metadata"], item["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    account = spec.get("serviceAccountName") or "default"
    return Template(metadata["namespace"], metadata["name"], account, shape(spec))


def _account(item: Mapping[str, Any]) -> str:
    return f"{item['metadata']['namespace']}/{item.get('spec', {}).get('serviceAccountName') or 'default'}"


def _pod(item: Mapping[str, Any]) -> RunningPod:
    metadata, spec = item["metadata"], item["spec"]
    owners: list[dict[str, Any]] = [
        it for it in metadata.get("ownerReferences") or () if it.get("controller")
    ]
    owner = owners[0] if owners else {}
    return RunningPod(
        namespace=metadata["namespace"],
        name=metadata["name"],
        account=spec.get("serviceAccountName") or "default",
        owner_kind=owner.get("kind", ""),
        owner_name=owner.get("name", ""),
        labels=dict(sorted((metadata.get("labels") or {}).items())),
        created=_seconds(metadata["creationTimestamp"]),
        phase=(item.get("status") or {}).get("phase", ""),
        shape=shape(spec),
        skipped=(metadata.get("annotations") or {}).get(SKIPPED, ""),
        host_network=bool(spec.get("hostNetwork")),
    )


def _seconds(timestamp: str) -> int:
    return int(datetime.datetime.fromisoformat(timestamp).timestamp())
