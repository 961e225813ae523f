"""The JSON Schema of the JSON report, read from the types that the report is built of."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from keystone_check.reports.shapes import SCHEMA, Fact, FleetObject, Kinds, ReportObject

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}

Json = dict[str, Any]


def schema(*, closed: bool = False) -> Json:
    """The schema. Closed, it refuses fields that it does not name; as published, it lets new ones pass."""
    maker = _Maker(closed)
    whole = {"anyOf": [maker.of(ReportObject), maker.of(FleetObject)]}
    version = {"properties": {"schema": {"const": SCHEMA}}}
    head = {"$schema": DIALECT, "title": f"Report of keystone-check, version {SCHEMA}"}
    return {**head, "allOf": [whole, version], "$defs": maker.named}


class _Maker:
    def __init__(self, closed: bool) -> None:
        self._closed = closed
        self.named: dict[str, Json] = {}

    def of(self, hint: Any) -> Json:
        """What a value of this type looks like."""
        origin, arguments = get_origin(hint), get_args(hint)
        if hint in PLAIN:
            return {"type": PLAIN[hint]}
        if is_typeddict(hint):
            return self._once(hint, get_type_hints(hint, include_extras=True))
        if is_dataclass(hint):
            return self.fields(hint)
        if origin is Annotated:
            return self._marked(arguments[1])
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin in (Union, UnionType):
            return {"anyOf": [self.of(one) for one in arguments]}
        if origin in (list, tuple):
            return {"type": "array", "items": self.of(arguments[0])}
        if origin in (dict, Mapping) or hasattr(origin, "keys"):
            names, values = arguments
            return {
                "type": "object",
                "propertyNames": self.of(names),
                "additionalProperties": self.of(values),
            }
        raise TypeError(f"no JSON is known for {hint!r}")

    def fields(self, type: Any, more: Mapping[str, Json] | None = None) -> Json:
        """An object with the fields of a dataclass."""
        hints = get_type_hints(type)
        own = {field.name: self.of(hints[field.name]) for field in fields(type)}
        return self._object({**(more or {}), **own})

    def _once(self, type: Any, hints: Mapping[str, Any]) -> Json:
        name = type.__name__.removesuffix("Object").lower()
        if name not in self.named:
            self.named[name] = {}  # before its fields, which may name it
            described = self._object({field: self.of(hint) for field, hint in hints.items()})
            self.named[name] = {"description": type.__doc__, **described}
        return {"$ref": f"#/$defs/{name}"}

    def _marked(self, mark: object) -> Json:
        match mark:
            case Fact(of):
                gap = {"missing": {"type": "string"}, "permission": {"type": "string"}}
                return {"anyOf": [self.fields(of, {"missing": {"type": "null"}}), self._object(gap)]}
            case Kinds(of):
                return {
                    "oneOf": [self.fields(kind, {"kind": {"const": kind.__name__}}) for kind in get_args(of)]
                }
        raise TypeError(f"no JSON is known for {mark!r}")

    def _object(self, properties: Mapping[str, Json]) -> Json:
        closing = {"additionalProperties": False} if self._closed else {}
        return {"type": "object", "properties": dict(properties), "required": list(properties), **closing}
