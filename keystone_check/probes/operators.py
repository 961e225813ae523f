"""Which Karpenter and which controllers of ACK run: found by image, labels or arguments of Deployments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from keystone_check.knowledge.store import controllers, facts
from keystone_check.model.cluster import ROLE_ARN, ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.operators import KARPENTER, Crd, Operator
from keystone_check.probes import operator_rights
from keystone_check.probes.refusals import ReadError
from keystone_check.reports.printable import veiled

if TYPE_CHECKING:  # the client is loaded when a fact of the cluster is asked for, not with this room
    from keystone_check.probes.kube import Kube

UNSAID = "<secret>"
"""The value of a setting that a Secret, a ConfigMap or a field gives."""
_KARPENTER_IMAGE = re.compile(r"(?:^|/)karpenter/(?:karpenter-)?controller(?:[:@]|$)")
_OTHER_CLOUDS = ("aks/karpenter", "azure", "gcp", "alibabacloud", "cluster-api")
"""Karpenters that work on another cloud than AWS have these in their images."""
_ACK_IMAGE = re.compile(r"(?:^|/)(?P<service>[a-z0-9]+)-controller(?:[:@]|$)")
_ACK_LABEL = re.compile(r"(?P<service>[a-z0-9]+)-chart")
_NAME, _VERSION = "app.kubernetes.io/name", "app.kubernetes.io/version"
_LONG = ("CLUSTER_CA_BUNDLE",)
ACK_SETTINGS = (
    "ACK_ENABLE_DEVELOPMENT_LOGGING",
    "ACK_RESOURCE_TAGS",
    "ACK_SYSTEM_NAMESPACE",
    "ACK_WATCH_NAMESPACE",
    "ACK_WATCH_SELECTORS",
    "AWS_ENDPOINT_URL",
    "AWS_IDENTITY_ENDPOINT_URL",
    "AWS_REGION",
    "DELETION_POLICY",
    "ENABLE_CARM",
    "ENABLE_CROSS_NAMESPACE",
    "FEATURE_GATES",
    "RECONCILE_RESOURCES",
)
"""The variables that the charts of ACK set, as far as they decide what is asked of AWS."""
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SHARED_CREDENTIALS_FILE")
CRD_PAGE = 25
"""Definitions are long: schemas of a megabyte are not rare."""
_CRD_GROUPS = ("karpenter.sh", "karpenter.k8s.aws", "autoscaling.x-k8s.io", "services.k8s.aws")

Json = Mapping[str, Any]


def operators(kube: Kube, namespace: str, accounts: Subjects[ServiceAccount]) -> Subjects[Operator]:
    """Every one that is there, by `namespace/deployment`; one listing."""
    found = {}
    for item in kube.listed(operator_rights.LIST_DEPLOYMENTS, namespace):
        product = product_of(item)
        if product:
            metadata = item["metadata"]
            found[f"{metadata['namespace']}/{metadata['name']}"] = _operator(kube, product, item, accounts)
    return Subjects(tuple(sorted(found.items())))


def product_of(item: Json) -> str:
    """`karpenter`, `ack-s3`; empty for everything else."""
    container = _container(item)
    image = container.get("image") or ""
    named = (item["metadata"].get("labels") or {}).get(_NAME, "")
    if _KARPENTER_IMAGE.search(image) or named == KARPENTER or _is_set(container, "KARPENTER_SERVICE"):
        return "" if any(part in image for part in _OTHER_CLOUDS) else KARPENTER
    service = _service(image, named, container)
    return f"ack-{service}" if service else ""


def _service(image: str, label: str, container: Json) -> str:
    """What an ACK controller is for. A fork's image tells it as long as it keeps the name."""
    by_image, by_label = _ACK_IMAGE.search(image), _ACK_LABEL.fullmatch(label)
    if by_label and by_label["service"] in controllers():
        return by_label["service"]
    if by_image is None:
        return ""
    arguments = " ".join(container.get("args") or ())
    ours = "aws-controllers-k8s/" in image or "--aws-region" in arguments
    return by_image["service"] if ours else ""


def _container(item: Json) -> Json:
    """The controller's: the one of that name, or the first."""
    spec = _pod(item)
    containers: list[Json] = spec.get("containers") or [{}]
    return next((it for it in containers if it.get("name") == "controller"), containers[0])


def _pod(item: Json) -> Json:
    template: Json = (item.get("spec") or {}).get("template") or {}
    spec: Json = template.get("spec") or {}
    return spec


def _operator(kube: Kube, product: str, item: Json, accounts: Subjects[ServiceAccount]) -> Operator:
    container, pod, metadata = _container(item), _pod(item), item["metadata"]
    namespace, name = metadata["namespace"], pod.get("serviceAccountName") or "default"
    spec, status = item.get("spec") or {}, item.get("status") or {}
    return Operator(
        product=product,
        account=f"{namespace}/{name}",
        role_arn=_role_arn(kube, namespace, name, accounts),
        image=container.get("image") or "",
        label=(metadata.get("labels") or {}).get(_VERSION, ""),
        replicas=1 if spec.get("replicas") is None else spec["replicas"],
        ready=status.get("readyReplicas") or 0,
        settings=dict(sorted(_settings(product, container))),
        arguments=tuple(veiled(word) for word in container.get("args") or ()),
        static_keys=any(_is_set(container, key) for key in _KEYS),
        spread=_spread(pod),
    )


def _role_arn(kube: Kube, namespace: str, name: str, accounts: Subjects[ServiceAccount]) -> str:
    """As annotated; a listing by labels need not hold the account, and then it is asked for itself."""
    match accounts[f"{namespace}/{name}"]:
        case ServiceAccount() as account:
            return account.role_arn
        case Missing() if not kube.lists_every_account:
            return _annotated(kube, namespace, name)
        case Missing() | Absent():
            return ""


def _annotated(kube: Kube, namespace: str, name: str) -> str:
    try:
        account = kube.service_account(namespace, name)
    except ReadError as refusal:
        if refusal.code == "404":
            return ""
        raise
    return str((account["metadata"].get("annotations") or {}).get(ROLE_ARN, ""))


def _settings(product: str, container: Json) -> Iterator[tuple[str, str]]:
    known = _known(product)
    for variable in container.get("env") or ():
        if variable["name"] in known:
            said = UNSAID if variable.get("valueFrom") else veiled(variable.get("value") or "")
            yield variable["name"], said


def _known(product: str) -> frozenset[str]:
    if product != KARPENTER:
        return frozenset(ACK_SETTINGS)
    return frozenset(facts(KARPENTER, "objects")["install"]["env"]).difference(_LONG)


def _is_set(container: Json, name: str) -> bool:
    return any(variable["name"] == name for variable in container.get("env") or ())


def _spread(pod: Json) -> bool:
    """Whether no node takes two of its pods."""
    affinity = (pod.get("affinity") or {}).get("podAntiAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or ()
    return any(term.get("topologyKey") == "kubernetes.io/hostname" for term in required)


def crds(kube: Kube) -> Subjects[Crd]:
    """The definitions of Karpenter's kinds and ACK's, by name."""
    listed = kube.listed(operator_rights.LIST_CRDS, page=CRD_PAGE)
    found = (_crd(item) for item in listed if _ours(item))
    return Subjects(tuple(sorted((crd.name, crd) for crd in found)))


def _ours(item: Json) -> bool:
    group = (item.get("spec") or {}).get("group") or ""
    return any(group == ours or group.endswith(f".{ours}") for ours in _CRD_GROUPS)


def _crd(item: Json) -> Crd:
    spec = item["spec"]
    versions = spec.get("versions") or ()
    return Crd(
        name=item["metadata"]["name"],
        kind=spec["names"]["kind"],
        namespaced=spec.get("scope") == "Namespaced",
        served=tuple(it["name"] for it in versions if it.get("served")),
        storage=next((it["name"] for it in versions if it.get("storage")), ""),
        stored=tuple((item.get("status") or {}).get("storedVersions") or ()),
    )
