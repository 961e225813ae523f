"""What stands around the webhooks: the services behind them, and the namespaces that they select."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.injection import Backend, Namespace, Webhook
from keystone_check.probes import rights
from keystone_check.probes.limits import detached, side_by_side
from keystone_check.probes.refusals import ReadError

if TYPE_CHECKING:
    from keystone_check.probes.kube import Kube


def backends(kube: Kube, webhooks: Subjects[Webhook]) -> Subjects[Backend]:
    """The services behind the webhooks, by `namespace/name`; a right that is missing is missing for all."""
    services = sorted({webhook.service for _, webhook in webhooks.seen() if webhook.service})
    return Subjects(tuple(zip(services, side_by_side(lambda it: _backend(kube, it), services), strict=True)))


def _backend(kube: Kube, service: str) -> Backend | Absent:
    """Service and endpoints, asked for side by side."""
    listed = detached(lambda: _states(kube, service))
    ports = _ports(kube, service)
    states = listed.result()
    if ports is None:
        return Absent(service, f"there is no service {service}")
    return Backend(ports, states.count(True), states.count(False))


def _ports(kube: Kube, service: str) -> tuple[int, ...] | None:
    """None: there is no such service."""
    namespace, _, name = service.partition("/")
    try:
        item = kube.service(namespace, name)
    except ReadError as refusal:
        if refusal.code == "404":
            return None
        raise
    return tuple(port["port"] for port in item.get("spec", {}).get("ports") or ())


def _states(kube: Kube, service: str) -> list[bool]:
    namespace, _, name = service.partition("/")
    chosen = [("labelSelector", f"kubernetes.io/service-name={name}")]
    slices = kube.listed(rights.LIST_ENDPOINTS, namespace, chosen)
    return [_is_ready(endpoint) for part in slices for endpoint in part.get("endpoints") or ()]


def _is_ready(endpoint: Mapping[str, Any]) -> bool:
    """An endpoint that does not say counts as ready (discovery/v1, EndpointConditions)."""
    return (endpoint.get("conditions") or {}).get("ready") is not False


def namespaces(kube: Kube, accounts: Subjects[ServiceAccount]) -> Subjects[Namespace]:
    """The labels of the namespaces in which accounts are bound: one listing, whatever their number."""
    wanted = {name.partition("/")[0] for name, account in accounts if not isinstance(account, Absent)}
    listed = kube.listed(rights.LIST_NAMESPACES) if wanted else ()
    found = {item["metadata"]["name"]: _namespace(item) for item in listed}
    return Subjects(tuple((name, found.get(name) or _unlisted(name)) for name in sorted(wanted)))


def _namespace(item: Mapping[str, Any]) -> Namespace:
    metadata = item["metadata"]
    return Namespace(metadata["name"], dict(sorted((metadata.get("labels") or {}).items())))


def _unlisted(name: str) -> Missing:
    return Missing(name, f"the listing of namespaces does not hold {name}: it may have gone meanwhile")
