"""Manifests and Helm values of Karpenter and ACK as a declaration, as far as they concern the chain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from keystone_check.knowledge.store import controllers
from keystone_check.model.cluster import ROLE_ARN
from keystone_check.model.declared import (
    CAPACITY_TYPE,
    INSTANCE_TYPE,
    Declared,
    DeclaredOperator,
    DeclaredPool,
)
from keystone_check.model.operators import KARPENTER
from keystone_check.probes.documents import documents
from keystone_check.probes.operators import product_of
from keystone_check.probes.refusals import ReadError

Json = Mapping[str, Any]
_ACK = re.compile(r"ack-(?P<service>[a-z0-9]+)-controller")
_CHART = re.compile(r"(?:^|/)(?:(?P<karpenter>karpenter)|(?P<service>[a-z0-9]+)-chart)/?$")


def declared(files: Sequence[str]) -> Declared:
    """All of them together. ReadError where one cannot be read, or none says anything of the chain."""
    found = [item for name in files for item in _documents(name)]
    accounts = dict(pair for _, item in found for pair in _accounts(item))
    operators = dict(pair for _, item in found for pair in _operators(item, accounts))
    declared = Declared(
        operators=dict(sorted(operators.items())),
        accounts=dict(sorted(accounts.items())),
        pools=dict(pair for where, item in found for pair in _pools(item, where)),
        node_roles=dict(pair for _, item in found for pair in _node_roles(item)),
    )
    if declared == Declared():
        listed = ", ".join(files)
        raise ReadError(
            f"--manifest: nothing in {listed} is Karpenter's or ACK's, or a bound service account",
            "give Deployments, ServiceAccounts, NodePools, EC2NodeClasses, HelmCharts, or charts' values",
        )
    return declared


def _documents(name: str) -> Iterator[tuple[str, Json]]:
    where = f"--manifest: {name}"
    try:
        text = Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ReadError(f"{where} cannot be read: {said}") from error
    for item in documents(text, where):
        if not isinstance(item, dict):
            raise ReadError(f"{where} holds a document that is no mapping")
        for one in _items(item):
            yield where, _within_helm(one, where)


def _items(item: Json) -> Iterator[Json]:
    """The objects of a List, or the object itself."""
    listed = item.get("items") if item.get("kind") == "List" else None
    if isinstance(listed, list):
        yield from (it for it in listed if isinstance(it, dict))
    else:
        yield item


def _within_helm(item: Json, where: str) -> Json:
    """The values that K3s's HelmChart carries, with the namespace that they are for."""
    if item.get("kind") != "HelmChart":
        return item
    text, namespace = _at(item, "spec").get("valuesContent"), _at(item, "spec").get("targetNamespace")
    values = documents(text, f"{where}: valuesContent") if isinstance(text, str) else ()
    held = values[0] if values and isinstance(values[0], dict) else {}
    return {**held, "chart": _at(item, "spec").get("chart"), "namespace": namespace}


def _accounts(item: Json) -> Iterator[tuple[str, str]]:
    """Bound service accounts: `namespace/name`, and the role."""
    role_arn = _at(item, "metadata", "annotations").get(ROLE_ARN)
    if item.get("kind") == "ServiceAccount" and isinstance(role_arn, str):
        yield _named(item), role_arn


def _operators(item: Json, accounts: Mapping[str, str]) -> Iterator[tuple[str, DeclaredOperator]]:
    if item.get("kind") == "Deployment":
        yield from _deployed(item, accounts)
    elif item.get("kind") == "ServiceAccount":
        product = _of_account(str(_at(item, "metadata").get("name")))
        if product and _named(item) in accounts:
            yield product, DeclaredOperator(_named(item), accounts[_named(item)])
    elif "kind" not in item:
        yield from _valued(item)


def _deployed(item: Json, accounts: Mapping[str, str]) -> Iterator[tuple[str, DeclaredOperator]]:
    pod = _at(item, "spec", "template", "spec")
    containers = pod.get("containers")
    if not isinstance(containers, list) or not all(isinstance(it, dict) for it in containers):
        return
    if product := product_of({**item, "metadata": _at(item, "metadata")}):
        account = f"{_namespace(item)}/{pod.get('serviceAccountName') or 'default'}"
        yield product, DeclaredOperator(account, accounts.get(account, ""))


def _valued(values: Json) -> Iterator[tuple[str, DeclaredOperator]]:
    """Helm values: what chart they are for is told by what they hold."""
    account = _at(values, "serviceAccount")
    name = account.get("name") if isinstance(account.get("name"), str) else ""
    product = _of_chart(values) or _of_account(name or "")
    if not product and "clusterName" in _at(values, "settings"):
        product = KARPENTER
    role_arn = _at(account, "annotations").get(ROLE_ARN)
    if product and isinstance(role_arn, str):
        yield product, DeclaredOperator(_usual(product, name or "", values.get("namespace")), role_arn)


def _of_chart(values: Json) -> str:
    found = _CHART.search(str(values.get("chart") or ""))
    if found is None:
        return ""
    return KARPENTER if found["karpenter"] else _known(found["service"])


def _of_account(name: str) -> str:
    found = _ACK.fullmatch(name)
    return KARPENTER if name == KARPENTER else _known(found["service"]) if found else ""


def _known(service: str) -> str:
    return f"ack-{service}" if service in controllers() else ""


def _usual(product: str, name: str, namespace: object) -> str:
    """Where the chart puts the account, where nothing says otherwise."""
    told = controllers().get(product.removeprefix("ack-"), {})
    usual = told.get("namespace", KARPENTER), told.get("service_account", KARPENTER)
    return f"{namespace if isinstance(namespace, str) else usual[0]}/{name or usual[1]}"


def _pools(item: Json, where: str) -> Iterator[tuple[str, DeclaredPool]]:
    if item.get("kind") == "NodePool":
        listed = _at(item, "spec", "template", "spec").get("requirements") or []
        if not isinstance(listed, list) or not all(map(_is_requirement, listed)):
            whose = f"the requirements of NodePool {_name(item)}"
            raise ReadError(f"{where}: {whose} are no list of keys with lists of values")
        pool = DeclaredPool(_values(listed, INSTANCE_TYPE), _values(listed, CAPACITY_TYPE))
        yield _name(item), pool


def _is_requirement(item: object) -> bool:
    return isinstance(item, dict) and isinstance(item.get("values") or [], list)


def _values(requirements: Sequence[Json], label: str) -> tuple[str, ...]:
    found = [it for it in requirements if it.get("key") == label and it.get("operator") == "In"]
    return tuple(str(value) for it in found for value in it.get("values") or ())


def _node_roles(item: Json) -> Iterator[tuple[str, str]]:
    role = _at(item, "spec").get("role")
    if item.get("kind") == "EC2NodeClass" and isinstance(role, str):
        yield _name(item), role


def _name(item: Json) -> str:
    return str(_at(item, "metadata").get("name") or "")


def _namespace(item: Json) -> str:
    return str(_at(item, "metadata").get("namespace") or "default")


def _named(item: Json) -> str:
    return f"{_namespace(item)}/{_name(item)}"


def _at(item: Json, *keys: str) -> Json:
    """The mapping at this place, an empty one where there is none."""
    for key in keys:
        found = item.get(key)
        item = found if isinstance(found, dict) else {}
    return item
