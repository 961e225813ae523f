"""Request bodies: JSON, YAML or protobuf in, an object of the expected kind out."""

import json
from typing import Any

import yaml

from keystone_check.sandbox.kube import protobuf
from keystone_check.sandbox.kube.resources import Resource
from keystone_check.sandbox.kube.status import StatusError, bad_request, unsupported_media_type
from keystone_check.sandbox.kube.wire import Object, Request

JSON = "application/json"
YAML = "application/yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"

_READ = f"{JSON}, {YAML}, {PROTOBUF}"
_GO_TYPE_META = (
    r'struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }'
)


def read(request: Request, kind: str, api_version: str = "v1") -> dict[str, Any]:
    """The request's object; kind and apiVersion may be left out, but not be others."""
    found = _decode(request, kind)
    stated_kind, stated_version = found.get("kind") or kind, found.get("apiVersion") or api_version
    group, _, own = api_version.rpartition("/")
    package = group.partition(".")[0] or "core"
    stated = str(stated_version).rpartition("/")[2]
    if stated_kind == kind and stated_version != api_version:
        raise bad_request(
            f'{stated_kind} in version "{stated}" cannot be handled as a {kind}: no kind "{stated_kind}" is '
            f'registered for version "{stated_version}" in scheme "pkg/runtime/scheme.go:111"'
        )
    if stated_kind != kind:
        raise bad_request(
            f'{stated_kind} in version "{own}" cannot be handled as a {kind}: converting '
            f"({own}.{stated_kind}) to ({package}.{kind}): unknown conversion"
        )
    return {key: value for key, value in found.items() if key not in ("kind", "apiVersion")}


def options(request: Request) -> dict[str, Any]:
    """The DeleteOptions of a DELETE, which may have no body."""
    return _decode(request, "DeleteOptions") if request.body else {}


def known_only(resource: Resource, value: Object) -> tuple[Object, tuple[str, ...]]:
    """The object without the fields that its kind does not have, and their names."""
    known = ("metadata", *resource.fields) if resource.fields else tuple(value)
    unknown = tuple(key for key in value if key not in known)
    return {key: field for key, field in value.items() if key in known}, unknown


def _decode(request: Request, kind: str) -> dict[str, Any]:
    match request.content_type or JSON:
        case "application/json":
            found = _json(request.body, kind)
        case "application/yaml":
            found = _yaml(request.body, kind)
        case "application/vnd.kubernetes.protobuf":
            found = _protobuf(request.body, kind)
        case _:
            raise unsupported_media_type(
                "the body of the request was in an unknown format - accepted media types include: " + _READ
            )
    if not isinstance(found, dict):
        raise _unrecognized(
            kind,
            f"json: cannot unmarshal {go_type(found)} into Go value of type {_GO_TYPE_META}",
            request.body,
        )
    return found


def _json(body: bytes, kind: str) -> object:
    try:
        return json.loads(body)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise _unrecognized(kind, parse_error(error), body) from error


def _yaml(body: bytes, kind: str) -> object:
    try:
        return parsed_yaml(body)
    except ValueError as error:
        raise _unrecognized(kind, str(error), body) from error


def _protobuf(body: bytes, kind: str) -> object:
    try:
        found = protobuf.decode(body)
    except (protobuf.MalformedError, UnicodeDecodeError) as error:
        raise bad_request(f"the body is no {kind} in protobuf form: {error}") from error
    if found is None:
        raise unsupported_media_type(
            f"this server reads no {kind} in the form {PROTOBUF} - accepted media types include: "
            f"{JSON}, {YAML}"
        )
    return found


def parsed_yaml(body: bytes) -> object:
    """A YAML text, or a ValueError that does not repeat it."""
    try:
        return yaml.safe_load(body)
    except yaml.YAMLError as error:
        raise ValueError("the body is not YAML") from error


def parse_error(error: json.JSONDecodeError | UnicodeDecodeError) -> str:
    """Go's words for a JSON text that is none."""
    if isinstance(error, UnicodeDecodeError):
        return f"invalid character at byte {error.start}"
    if error.pos >= len(error.doc.rstrip()):
        return "unexpected end of JSON input"
    # Newer Pythons name a comma before a closing bracket, Go names the bracket.
    at = error.doc[error.pos :].lstrip(", \n\t")[:1] or ","
    where = "object key string" if "property name" in error.msg or "trailing comma" in error.msg else "value"
    return f"invalid character '{at}' looking for beginning of {where}"


def go_type(value: object) -> str:
    """What Go calls a JSON value's type."""
    match value:
        case bool():
            return "bool"
        case int():
            return "number"
        case float():
            return f"number {value}"
        case str():
            return "string"
        case list():
            return "array"
        case None:
            return "null"
        case _:
            return "object"


def _unrecognized(kind: str, because: str, body: bytes) -> StatusError:
    # The body itself is left out of the message, other than in the API server: it may hold a token.
    shown = "" if body.strip() else " (<empty>)"
    return bad_request(
        f"the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; "
        f"json parse error: {because}{shown}"
    )
