"""Whether an object may be stored: types and names, refused in the API server's words."""

import re
from collections.abc import Iterator
from typing import Any

from keystone_check.sandbox.kube.resources import NAMESPACES, PODS, Resource
from keystone_check.sandbox.kube.shapes import ShapeError, shaped
from keystone_check.sandbox.kube.status import Cause, bad_request, invalid
from keystone_check.sandbox.kube.wire import Object

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_NAME_PART = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"

_SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    f"'{_SUBDOMAIN}')"
)
_LABEL_RULE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
    "and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    f"'{_LABEL}')"
)
_KEY_RULE = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    f"'{_NAME_PART}')"
)
_VALUE_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used "
    f"for validation is '({_NAME_PART})?')"
)


def require_types(kind: str, value: Object, version: str = "v1") -> dict[str, Any]:
    """The object with its fields of their types, or a refusal that names the first that is not."""
    try:
        return shaped(kind, value)
    except ShapeError as error:
        raise bad_request(f'{kind} in version "{version}" cannot be handled as a {kind}: {error}') from error


def require_valid(resource: Resource, value: Object) -> None:
    """Refuses an object that breaks a rule, with every rule that it breaks."""
    causes = tuple(_causes(resource, value))
    if causes:
        raise invalid(resource.kind, value["metadata"].get("name", ""), causes, resource.group)


def _causes(resource: Resource, value: Object) -> Iterator[Cause]:
    metadata = value["metadata"]
    name = metadata.get("name", "")
    if not name:
        yield Cause("metadata.name", "Required value: name or generateName is required")
    elif because := _name_error(resource, name):
        yield Cause("metadata.name", f'Invalid value: "{name}": {because}')
    for key, text in metadata.get("labels", {}).items():
        if because := _key_error(key):
            yield Cause("metadata.labels", f'Invalid value: "{key}": {because}')
        if text and (len(text) > 63 or not re.fullmatch(_NAME_PART, text)):
            yield Cause("metadata.labels", f'Invalid value: "{text}": {_VALUE_RULE}')
    for key in metadata.get("annotations", {}):
        # Annotation keys are compared in lower case (apimachinery, ValidateAnnotations).
        if because := _key_error(key.lower()):
            yield Cause("metadata.annotations", f'Invalid value: "{key}": {because}')
    if resource is PODS:
        yield from _pod_causes(value)


def _name_error(resource: Resource, name: str) -> str:
    if resource is NAMESPACES:
        if "." in name:
            return "must not contain dots"
        return "" if len(name) <= 63 and re.fullmatch(_LABEL, name) else _LABEL_RULE
    if len(name) > 253:
        return "must be no more than 253 characters"
    return "" if re.fullmatch(_SUBDOMAIN, name) else _SUBDOMAIN_RULE


def _key_error(key: str) -> str:
    prefix, _, part = key.rpartition("/")
    if prefix and not re.fullmatch(_SUBDOMAIN, prefix.lower()):
        return f"prefix part {_SUBDOMAIN_RULE}"
    if len(part) > 63:
        return "name part must be no more than 63 characters"
    return "" if re.fullmatch(_NAME_PART, part) else _KEY_RULE


def _pod_causes(value: Object) -> Iterator[Cause]:
    containers = value.get("spec", {}).get("containers") or []
    if not containers:
        yield Cause("spec.containers", "Required value")
    for index, container in enumerate(containers):
        for key in ("name", "image"):
            if not container.get(key):
                yield Cause(f"spec.containers[{index}].{key}", "Required value")
