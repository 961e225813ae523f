"""The types of the fields that are read here, and Go's words for a value of another type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from keystone_check.sandbox.kube.bodies import go_type


class ShapeError(ValueError):
    """A field holds another type than its Go struct has."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One JSON scalar."""

    go: str
    fits: Callable[[object], bool]
    zero: object


@dataclass(frozen=True, slots=True)
class Struct:
    """An object with known fields; others are left as they are."""

    name: str
    fields: "Mapping[str, Shape]" = field(default_factory=dict)

    @property
    def go(self) -> str:
        return f"v1.{self.name}"


@dataclass(frozen=True, slots=True)
class List:
    """A list of one shape."""

    item: "Shape"

    @property
    def go(self) -> str:
        return f"[]{self.item.go}"


@dataclass(frozen=True, slots=True)
class Map:
    """An object with any keys and values of one shape."""

    item: "Shape"

    @property
    def go(self) -> str:
        return f"map[string]{self.item.go}"


Shape = Leaf | Struct | List | Map

TEXT = Leaf("string", lambda value: isinstance(value, str), "")
NUMBER = Leaf("int64", lambda value: isinstance(value, int) and not isinstance(value, bool), 0)
FLAG = Leaf("bool", lambda value: isinstance(value, bool), False)
ANY = Leaf("interface {}", lambda value: True, "")
TEXTS, TEXT_BY_KEY = List(TEXT), Map(TEXT)


def _texts(*names: str) -> dict[str, Shape]:
    return dict.fromkeys(names, TEXT)


METADATA = Struct(
    "ObjectMeta",
    _texts("name", "generateName", "namespace", "uid", "resourceVersion")
    | {"labels": TEXT_BY_KEY, "annotations": TEXT_BY_KEY, "finalizers": TEXTS}
    | {"ownerReferences": List(Struct("OwnerReference"))},
)
RESOURCES = Struct("ResourceRequirements", {"requests": Map(ANY), "limits": Map(ANY)})
CONTAINERS = List(
    Struct(
        "Container",
        _texts("name", "image")
        | {"resources": RESOURCES, "volumeMounts": List(Struct("VolumeMount", _texts("name", "mountPath")))},
    )
)
POD_SPEC = Struct(
    "PodSpec",
    _texts("serviceAccountName", "serviceAccount", "nodeName")
    | {"automountServiceAccountToken": FLAG, "containers": CONTAINERS, "initContainers": CONTAINERS}
    | {"volumes": List(Struct("Volume", _texts("name")))},
)
BOUND = Struct("BoundObjectReference", _texts("kind", "apiVersion", "name", "uid"))
TOKEN_REQUEST_SPEC = Struct(
    "TokenRequestSpec", {"audiences": TEXTS, "expirationSeconds": NUMBER, "boundObjectRef": BOUND}
)
RESOURCE_ATTRIBUTES = Struct(
    "ResourceAttributes",
    _texts("namespace", "verb", "group", "version", "resource", "subresource", "name"),
)
ACCESS_SPEC = Struct(
    "SelfSubjectAccessReviewSpec",
    {
        "resourceAttributes": RESOURCE_ATTRIBUTES,
        "nonResourceAttributes": Struct("NonResourceAttributes", _texts("path", "verb")),
    },
)
SUBJECT_SPEC = Struct(
    "SubjectAccessReviewSpec", {**ACCESS_SPEC.fields, **_texts("user", "uid"), "groups": TEXTS}
)
FIELDS: Mapping[str, Mapping[str, Shape]] = {
    "ConfigMap": {"data": TEXT_BY_KEY, "binaryData": TEXT_BY_KEY, "immutable": FLAG},
    "DeleteOptions": {
        "preconditions": Struct("Preconditions", _texts("uid", "resourceVersion")),
        "dryRun": TEXTS,
    },
    "Namespace": {"spec": Struct("NamespaceSpec"), "status": Struct("NamespaceStatus")},
    "Pod": {"spec": POD_SPEC, "status": Struct("PodStatus")},
    "Secret": {"data": TEXT_BY_KEY, "stringData": TEXT_BY_KEY, "type": TEXT, "immutable": FLAG},
    "SelfSubjectAccessReview": {"spec": ACCESS_SPEC},
    "SelfSubjectRulesReview": {"spec": Struct("SelfSubjectRulesReviewSpec", _texts("namespace"))},
    "SubjectAccessReview": {"spec": SUBJECT_SPEC},
    "ServiceAccount": {
        "secrets": List(Struct("ObjectReference", _texts("name"))),
        "imagePullSecrets": List(Struct("LocalObjectReference", _texts("name"))),
        "automountServiceAccountToken": FLAG,
    },
    "TokenRequest": {"spec": TOKEN_REQUEST_SPEC},
    "TokenReview": {"spec": Struct("TokenReviewSpec", {"token": TEXT, "audiences": TEXTS})},
}


def shaped(kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """The object with every known field of its type; what is null is as if it were left out."""
    shape = Struct(kind, {"metadata": METADATA, **FIELDS.get(kind, {})})
    found: dict[str, Any] = _fitted(shape, value, "", "")
    return found


def _fitted(shape: Shape, value: Any, owner: str, path: str) -> Any:
    match shape:
        case Leaf():
            if not shape.fits(value):
                raise _misfit(shape, value, owner, path)
            return value
        case List(item):
            if not isinstance(value, list):
                raise _misfit(shape, value, owner, path)
            return [_fitted(item, _given(item, entry), owner, path) for entry in value]
        case Map(item):
            if not isinstance(value, Mapping):
                raise _misfit(shape, value, owner, path)
            return {key: _fitted(item, _given(item, entry), owner, path) for key, entry in value.items()}
        case Struct(name, fields):
            if not isinstance(value, Mapping):
                raise _misfit(shape, value, owner, path)
            present = {key: entry for key, entry in value.items() if entry is not None}
            return {
                key: _fitted(fields[key], entry, name, f"{path}.{key}") if key in fields else entry
                for key, entry in present.items()
            }


def _given(shape: Shape, value: Any) -> Any:
    """Null in a list or a map is the zero value of its type."""
    if value is not None:
        return value
    match shape:
        case Leaf():
            return shape.zero
        case List():
            return []
        case _:
            return {}


def _misfit(shape: Shape, value: object, owner: str, path: str) -> ShapeError:
    return ShapeError(
        f"json: cannot unmarshal {go_type(value)} into Go struct field {owner}{path} of type {shape.go}"
    )
