"""The mutating webhooks that look like the pod identity webhook."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from keystone_check import jose
from keystone_check.model.facts import Subjects
from keystone_check.model.injection import Requirement, Webhook
from keystone_check.model.web import Certificate
from keystone_check.probes import rights

if TYPE_CHECKING:
    from keystone_check.probes.kube import Kube

NAMES = ("pod-identity", "iam-for-pods")
"""Every known install has one of these in the name of configuration, webhook or service: the project's own
manifests, kops, the charts, and EKS (`iam-for-pods.amazonaws.com`)."""


def webhooks(kube: Kube) -> Subjects[Webhook]:
    """Those that are asked about new pods and have such a name, by `configuration/webhook`."""
    found = {
        f"{webhook.configuration}/{webhook.name}": webhook
        for item in kube.listed(rights.LIST_WEBHOOKS)
        for webhook in read(item)
    }
    return Subjects(tuple(sorted(found.items(), key=lambda entry: entry[0])))


def read(item: Mapping[str, Any]) -> Iterator[Webhook]:
    """Those of one registration."""
    configuration = item["metadata"]["name"]
    for found in item.get("webhooks") or ():
        webhook = _webhook(configuration, found)
        named = (configuration, webhook.name, webhook.service)
        if _asked_about_pods(found) and any(part in name for name in named for part in NAMES):
            yield webhook


def _asked_about_pods(found: Mapping[str, Any]) -> bool:
    return any(
        {"CREATE", "*"} & set(rule.get("operations") or ())
        and {"", "*"} & set(rule.get("apiGroups") or ())
        and {"pods", "*", "*/*"} & set(rule.get("resources") or ())
        for rule in found.get("rules") or ()
    )


def _webhook(configuration: str, found: Mapping[str, Any]) -> Webhook:
    client = found.get("clientConfig") or {}
    service = client.get("service") or {}
    authorities, unreadable = _bundle(client.get("caBundle") or "")
    return Webhook(
        configuration=configuration,
        name=found.get("name", ""),
        service=f"{service['namespace']}/{service['name']}" if service else "",
        url=service.get("path") or _address(client.get("url") or ""),
        port=service.get("port") or 443,
        failure_policy=found.get("failurePolicy") or "Fail",
        timeout=found.get("timeoutSeconds") or 10,
        reinvocation=found.get("reinvocationPolicy") or "Never",
        authorities=authorities,
        unreadable=unreadable,
        namespaces=tuple(_requirements(found.get("namespaceSelector") or {})),
        objects=tuple(_requirements(found.get("objectSelector") or {})),
    )


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if url else ""


def _requirements(selector: Mapping[str, Any]) -> Iterator[Requirement]:
    for key, value in sorted((selector.get("matchLabels") or {}).items()):
        yield Requirement(key, "In", (value,))
    for found in selector.get("matchExpressions") or ():
        yield Requirement(found["key"], found["operator"], tuple(found.get("values") or ()))


def _bundle(encoded: str) -> tuple[tuple[Certificate, ...], str]:
    """The certificates of a bundle, or why it is none; whatever else it holds is passed over."""
    if not encoded:
        return (), ""
    try:
        pem = base64.b64decode(encoded, validate=True)
        return jose.certificates(pem), ""
    except binascii.Error:
        return (), "it is not base64"
    except ValueError:
        return (), "it is not a list of certificates in PEM form"
