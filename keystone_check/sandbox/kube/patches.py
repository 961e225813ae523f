"""The four kinds of patch: JSON patch, merge patch, strategic merge patch and apply."""

import copy
import json
from collections.abc import Callable
from typing import Any, NoReturn

from keystone_check.sandbox.kube.bodies import go_type, parse_error, parsed_yaml
from keystone_check.sandbox.kube.resources import Resource
from keystone_check.sandbox.kube.status import StatusError, bad_request, unprocessable
from keystone_check.sandbox.kube.wire import Object, Request

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"

# Lists that a strategic merge joins by a key (the patchMergeKey of the Go types of core/v1).
MERGE_KEYS = {
    "secrets": "name",
    "imagePullSecrets": "name",
    "containers": "name",
    "initContainers": "name",
    "volumes": "name",
    "env": "name",
    "volumeMounts": "mountPath",
    "ownerReferences": "uid",
    "webhooks": "name",
}


def patch(request: Request) -> Callable[[Object], Object]:
    """What a patch request does to an object."""
    match request.content_type:
        case "application/json-patch+json":
            operations = _decoded(request, list, "[]handlers.jsonPatchOp")
            return lambda value: json_patched(value, operations)
        case "application/merge-patch+json":
            wanted = _decoded(request, dict, "map[string]interface {}")
            return lambda value: merged(value, wanted, strategic=False)
        case "application/strategic-merge-patch+json":
            wanted = _decoded(request, dict, "map[string]interface {}")
            return lambda value: merged(value, wanted, strategic=True)
        case _:
            raise StatusError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})


def applied(request: Request, resource: Resource) -> Object:
    """The configuration that an apply request states."""
    try:
        found = parsed_yaml(request.body)
    except ValueError as error:
        raise bad_request(f"error decoding YAML: {error}") from error
    if not isinstance(found, dict):
        raise bad_request(f"error decoding YAML: json: cannot unmarshal {go_type(found)} into Go value")
    if (found.get("apiVersion"), found.get("kind")) != (resource.api_version, resource.kind):
        group, _, version = str(found.get("apiVersion") or "").rpartition("/")
        raise bad_request(f"invalid object type: {group}/{version}, Kind={found.get('kind') or ''}")
    return {key: value for key, value in found.items() if key not in ("kind", "apiVersion")}


def _decoded(request: Request, wanted: type, go: str) -> Any:
    try:
        found = json.loads(request.body)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise bad_request(f"error decoding patch: {parse_error(error)}") from error
    if not isinstance(found, wanted):
        raise bad_request(
            f"error decoding patch: json: cannot unmarshal {go_type(found)} into Go value of type {go}"
        )
    return found


def merged(value: Any, change: Any, *, strategic: bool, field: str = "") -> Any:
    """RFC 7396, and for a strategic merge also lists joined by their key."""
    if strategic and isinstance(change, list) and isinstance(value, list) and field in MERGE_KEYS:
        return _joined(value, change, MERGE_KEYS[field])
    if not isinstance(change, dict):
        return change
    if strategic and change.get("$patch") == "replace":
        return {key: item for key, item in change.items() if key != "$patch"}
    result = dict(value) if isinstance(value, dict) else {}
    for key, item in change.items():
        if strategic and key.startswith("$"):
            continue
        if item is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), item, strategic=strategic, field=key)
    return result


def _joined(old: list[Any], change: list[Any], key: str) -> list[Any]:
    result = list(old)
    if not all(isinstance(entry, dict) for entry in (*old, *change)):
        # The real server refuses it too; its wording was not recorded.
        raise bad_request(f"error applying patch: an entry without the merge key {key}")
    for item in change:
        same = [index for index, entry in enumerate(result) if entry.get(key) == item.get(key)]
        if item.get("$patch") == "delete":
            result = [entry for index, entry in enumerate(result) if index not in same]
        elif same:
            result[same[0]] = merged(result[same[0]], item, strategic=True)
        else:
            result.append(merged({}, item, strategic=True))
    return result


def json_patched(value: Object, operations: list[Any]) -> Object:
    """RFC 6902; whatever does not apply is refused as a whole."""
    result: Any = copy.deepcopy(dict(value))
    for operation in operations:
        if not isinstance(operation, dict):
            raise unprocessable()
        result = _operate(result, operation)
    if not isinstance(result, dict):
        raise unprocessable()
    return result


def _operate(document: Any, operation: dict[str, Any]) -> Any:
    path = _pointer(operation.get("path"))
    match operation.get("op"):
        case "add" if "value" in operation:
            return _put(document, path, copy.deepcopy(operation["value"]), insert=True)
        case "replace" if "value" in operation:
            _at(document, path[:-1])
            return _put(document, path, copy.deepcopy(operation["value"]), insert=False)
        case "remove":
            _remove(document, path)
            return document
        case "test":
            return document if _at(document, path) == operation.get("value") else _refuse()
        case "copy" | "move" as name:
            source = _pointer(operation.get("from"))
            taken = copy.deepcopy(_at(document, source))
            if name == "move":
                _remove(document, source)
            return _put(document, path, taken, insert=True)
        case _:
            return _refuse()


def _pointer(text: object) -> list[str]:
    if not isinstance(text, str) or (text and not text.startswith("/")):
        _refuse()
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _at(document: Any, path: list[str]) -> Any:
    for part in path:
        match document:
            case dict() if part in document:
                document = document[part]
            case list() if part.isdigit() and int(part) < len(document):
                document = document[int(part)]
            case _:
                _refuse()
    return document


def _put(document: Any, path: list[str], value: Any, *, insert: bool) -> Any:
    if not path:
        return value
    parent, last = _at(document, path[:-1]), path[-1]
    match parent:
        case dict():
            parent[last] = value
        case list() if last == "-" and insert:
            parent.append(value)
        case list() if last.isdigit() and int(last) < len(parent) + insert:
            parent[int(last) : int(last) + (not insert)] = [value]
        case _:
            _refuse()
    return document


def _remove(document: Any, path: list[str]) -> None:
    if not path:
        _refuse()
    _at(document, path)
    parent, last = _at(document, path[:-1]), path[-1]
    del parent[int(last) if isinstance(parent, list) else last]


def _refuse() -> NoReturn:
    raise unprocessable()
