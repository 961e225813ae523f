"""The registration of a webhook: read and written."""

from urllib.parse import quote

from keystone_check.model.injection import Requirement
from keystone_check.model.selector import SetNamespaceSelector
from keystone_check.probes import webhooks
from keystone_check.probes.kube import Kube
from keystone_check.remedy.apply import rights


def selector_standing(kube: Kube, change: SetNamespaceSelector) -> tuple[tuple[Requirement, ...] | None, str]:
    """What the webhook asks of namespaces now, None where it is gone; and the version that was read."""
    what = f"{rights.GET_WEBHOOK.permission} {change.configuration}"
    found = kube.request("GET", _path(change), ask=rights.GET_WEBHOOK, what=what)
    named = (it for it in webhooks.read(found) if it.name == change.webhook)
    selector = next((it.namespaces for it in named), None)
    return selector, str(found["metadata"].get("resourceVersion", ""))


def select(kube: Kube, change: SetNamespaceSelector, version: str) -> None:
    """A strategic merge patch with a resourceVersion: 409 if anyone wrote in between."""
    kube.request(
        "PATCH",
        _path(change),
        {"metadata": {"resourceVersion": version}, **change.patch()},
        content_type="application/strategic-merge-patch+json",
        ask=rights.PATCH_WEBHOOK,
        what=f"{rights.PATCH_WEBHOOK.permission} {change.configuration}",
    )


def _path(change: SetNamespaceSelector) -> str:
    base = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
    return f"{base}/{quote(change.configuration)}"
