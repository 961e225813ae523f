"""Reads the protobuf bodies that kubectl and Go clients send for the kinds that are served here.

Only reading: every such client also accepts JSON, and gets it. Field numbers are those of the
generated.proto files of k8s.io/api and k8s.io/apimachinery v0.36.
"""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

MAGIC = b"k8s\x00"


class MalformedError(ValueError):
    """The bytes are no such message."""


Scalar = Literal["text", "bytes", "number", "flag"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message: its JSON name and what it holds."""

    name: str
    holds: "Scalar | Message" = "text"
    form: Literal["one", "list", "map"] = "one"


Message = Mapping[int, Field]


def _messages(names: str) -> Message:
    return {number: Field(name) for number, name in enumerate(names.split(), 1)}


OBJECT_META: Message = {
    **{n: Field(name) for n, name in ((1, "name"), (2, "generateName"), (3, "namespace"))},
    5: Field("uid"),
    6: Field("resourceVersion"),
    11: Field("labels", form="map"),
    12: Field("annotations", form="map"),
    14: Field("finalizers", form="list"),
}
METADATA = Field("metadata", OBJECT_META)
BOUND_OBJECT: Message = _messages("kind apiVersion name uid")
TOKEN_REQUEST_SPEC: Message = {
    1: Field("audiences", form="list"),
    3: Field("boundObjectRef", BOUND_OBJECT),
    4: Field("expirationSeconds", "number"),
}
ACCESS_SPEC: Message = {
    1: Field("resourceAttributes", _messages("namespace verb group version resource subresource name")),
    2: Field("nonResourceAttributes", _messages("path verb")),
}
KINDS: Mapping[str, Message] = {
    "ConfigMap": {
        1: METADATA,
        2: Field("data", form="map"),
        3: Field("binaryData", "bytes", "map"),
        4: Field("immutable", "flag"),
    },
    "DeleteOptions": {
        1: Field("gracePeriodSeconds", "number"),
        2: Field("preconditions", _messages("uid resourceVersion")),
        4: Field("propagationPolicy"),
        5: Field("dryRun", form="list"),
    },
    "Namespace": {1: METADATA},
    "Secret": {
        1: METADATA,
        2: Field("data", "bytes", "map"),
        3: Field("type"),
        4: Field("stringData", form="map"),
        5: Field("immutable", "flag"),
    },
    "SelfSubjectAccessReview": {1: METADATA, 2: Field("spec", ACCESS_SPEC)},
    "SelfSubjectReview": {1: METADATA},
    "SelfSubjectRulesReview": {1: METADATA, 2: Field("spec", _messages("namespace"))},
    "ServiceAccount": {
        1: METADATA,
        2: Field(
            "secrets", _messages("kind namespace name uid apiVersion resourceVersion fieldPath"), "list"
        ),
        3: Field("imagePullSecrets", _messages("name"), "list"),
        4: Field("automountServiceAccountToken", "flag"),
    },
    "TokenRequest": {1: METADATA, 2: Field("spec", TOKEN_REQUEST_SPEC)},
    "TokenReview": {
        1: METADATA,
        2: Field("spec", {1: Field("token"), 2: Field("audiences", form="list")}),
    },
}
UNKNOWN: Message = {1: Field("typeMeta", _messages("apiVersion kind")), 2: Field("raw", "bytes")}


def decode(body: bytes) -> dict[str, Any] | None:
    """The object in its JSON form, or None for a kind whose protobuf form is not known here."""
    if not body.startswith(MAGIC):
        raise MalformedError("the provided data does not appear to be a protobuf message")
    wrapped = _read(UNKNOWN, body[len(MAGIC) :])
    types = wrapped.get("typeMeta", {})
    message = KINDS.get(types.get("kind", ""))
    if message is None:
        return None
    raw = base64.b64decode(wrapped.get("raw", ""))
    return {"kind": types["kind"], "apiVersion": types.get("apiVersion", ""), **_read(message, raw)}


def _read(message: Message, data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, raw in _parts(data):
        if (entry := message.get(number)) is None:
            continue
        match entry.form:
            case "list":
                found.setdefault(entry.name, []).append(_value(entry.holds, raw))
            case "map":
                pair = _read({1: Field("key"), 2: Field("value", entry.holds)}, _bytes(raw))
                found.setdefault(entry.name, {})[pair.get("key", "")] = pair.get("value", "")
            case "one":
                # Go writes fields that are no pointers even when they are empty.
                if (value := _value(entry.holds, raw)) not in ("", {}):
                    found[entry.name] = value
    return found


def _value(holds: "Scalar | Message", raw: int | bytes) -> object:
    match holds:
        case "text":
            return _bytes(raw).decode()
        case "bytes":
            return base64.b64encode(_bytes(raw)).decode()
        case "number":
            number = _number(raw)
            return number - (1 << 64) if number >> 63 else number
        case "flag":
            return bool(_number(raw))
        case message:
            return _read(message, _bytes(raw))


def _parts(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    position = 0
    while position < len(data):
        tag, position = _varint(data, position)
        match tag & 7:
            case 0:
                number, position = _varint(data, position)
                yield tag >> 3, number
            case 2:
                size, position = _varint(data, position)
                if position + size > len(data):
                    raise MalformedError("unexpected EOF")
                yield tag >> 3, data[position : position + size]
                position += size
            case kind:
                raise MalformedError(f"proto: illegal wireType {kind}")


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(data):
            raise MalformedError("unexpected EOF")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise MalformedError("proto: integer overflow")


def _bytes(raw: int | bytes) -> bytes:
    if isinstance(raw, int):
        raise MalformedError("proto: wrong wireType = 0")
    return raw


def _number(raw: int | bytes) -> int:
    if isinstance(raw, bytes):
        raise MalformedError("proto: wrong wireType = 2")
    return raw
