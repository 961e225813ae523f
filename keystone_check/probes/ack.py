"""What ACK's controllers find to do: their kinds, the resources of each, and the roles that they assume."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from keystone_check.knowledge.store import controllers, facts
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.operators import AckKind, Condition, Crd, Operator
from keystone_check.probes import operator_rights, rights
from keystone_check.probes.karpenter import conditions
from keystone_check.probes.limits import side_by_side
from keystone_check.probes.nobody import NO_ROLES
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.rights import KubeAsk

if TYPE_CHECKING:
    from keystone_check.probes.kube import Kube

ACK = "ack-"
SUFFIX = "services.k8s.aws"
OWNER = f"{SUFFIX}/owner-account-id"
REGION, DEFAULT_REGION = f"{SUFFIX}/region", f"{SUFFIX}/default-region"
MAP = "ack-role-account-map"
SYSTEM = "ack-system"
SELECTOR = "iamroleselectors"
MOST_STUCK = 20
_STUCK = ("ACK.Recoverable", "ACK.Terminal")

Json = Mapping[str, Any]


def services(operators: Subjects[Operator]) -> tuple[str, ...]:
    """What the controllers that run are for: `ec2`, `s3`."""
    products = {operator.product for _, operator in operators.seen()}
    return tuple(sorted(product.removeprefix(ACK) for product in products if product.startswith(ACK)))


def ack_kinds(kube: Kube, operators: Subjects[Operator], crds: Subjects[Crd]) -> Subjects[AckKind]:
    """The kinds of these controllers with what there is of each; the listings side by side."""
    groups = {f"{service}.{SUFFIX}": service for service in services(operators)}
    defined = [crd for _, crd in crds.seen() if crd.name.partition(".")[2] in groups]
    if not defined:
        return Subjects()
    spaces = _spaces(kube)
    found = side_by_side(lambda crd: _kind(kube, crd, groups[crd.name.partition(".")[2]], spaces), defined)
    return Subjects(tuple((crd.name, kind) for crd, kind in zip(defined, found, strict=True)))


def _spaces(kube: Kube) -> Mapping[str, Json]:
    """The annotations of every namespace, by name."""
    listed = kube.listed(rights.LIST_NAMESPACES)
    return {item["metadata"]["name"]: item["metadata"].get("annotations") or {} for item in listed}


def _kind(kube: Kube, crd: Crd, service: str, spaces: Mapping[str, Json]) -> AckKind | Missing:
    plural, _, group = crd.name.partition(".")
    version = crd.storage if crd.storage in crd.served else next(iter(crd.served), crd.storage)
    try:
        found = list(kube.listed(KubeAsk("list", plural, group), version=version))
    except ReadError as refusal:
        return refusal.missing(crd.name)
    found.sort(key=_name)
    return AckKind(
        kind=crd.kind,
        service=service,
        count=len(found),
        regions=_once(_region(item, spaces) for item in found),
        roles=_once(role for item in found for role in _roles(item, service, crd.kind)),
        owners=_once(spaces.get(_namespace(item), {}).get(OWNER, "") for item in found),
        stuck=tuple(_stuck(found))[:MOST_STUCK],
    )


def _once(said: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({one for one in said if one}))


def _namespace(item: Json) -> str:
    return str(item["metadata"].get("namespace") or "")


def _name(item: Json) -> str:
    return f"{_namespace(item)}/{item['metadata']['name']}"


def _region(item: Json, spaces: Mapping[str, Json]) -> str:
    """Where it is; while it is nowhere yet, where it is to be."""
    there = ((item.get("status") or {}).get("ackResourceMetadata") or {}).get("region")
    wanted = (item["metadata"].get("annotations") or {}).get(REGION)
    return str(there or wanted or spaces.get(_namespace(item), {}).get(DEFAULT_REGION) or "")


def _roles(item: Json, service: str, kind: str) -> Iterator[str]:
    known = facts("ack", service)["kinds"] if service in controllers() else {}
    for path in known.get(kind, {}).get("roles", ()):
        for value in _at(item, path.split(".")):
            if isinstance(value, str) and value.startswith("arn:"):
                yield value


def _at(value: Any, path: list[str]) -> Iterator[Any]:
    """What stands at a path; `[]` goes into every item of a list."""
    if not path:
        yield value
    elif path[0] == "[]":
        for item in value if isinstance(value, list) else ():
            yield from _at(item, path[1:])
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _at(value[path[0]], path[1:])


def _stuck(found: Iterable[Json]) -> Iterator[tuple[str, Condition]]:
    for item in found:
        for condition in conditions(item.get("status") or {}):
            if condition.type in _STUCK and condition.status == "True":
                yield _name(item), condition


def role_map(kube: Kube, operators: Subjects[Operator]) -> Subjects[str] | Absent:
    """What the ConfigMap of CARM and the IAMRoleSelectors have the controllers assume."""
    found = dict(_selected(kube))
    for namespace in sorted(
        {_system(name, it) for name, it in operators.seen() if it.product.startswith(ACK)}
    ):
        found |= _mapped(kube, namespace)
    return Subjects(tuple(sorted(found.items()))) if found else Absent("role_map", NO_ROLES)


def _system(name: str, operator: Operator) -> str:
    return operator.settings.get("ACK_SYSTEM_NAMESPACE") or name.partition("/")[0] or SYSTEM


def _mapped(kube: Kube, namespace: str) -> dict[str, str]:
    try:
        return {
            name: str(value) for name, value in (kube.config_map(namespace, MAP).get("data") or {}).items()
        }
    except ReadError as refusal:
        if refusal.code == "404":
            return {}
        raise


def _selected(kube: Kube) -> Iterator[tuple[str, str]]:
    try:
        for item in kube.listed(operator_rights.LIST_ROLE_SELECTORS, version="v1alpha1"):
            yield f"{SELECTOR}/{item['metadata']['name']}", (item.get("spec") or {}).get("arn") or ""
    except ReadError as refusal:
        if refusal.code != "404":
            raise
