"""Query options and warnings: dry run, field validation, and what is refused of them."""

from typing import Any

from keystone_check.sandbox.kube.resources import Resource
from keystone_check.sandbox.kube.shapes import ShapeError, shaped
from keystone_check.sandbox.kube.status import Cause, bad_request, invalid
from keystone_check.sandbox.kube.wire import Answer, Object, Request, dump


def unknown_fields(resource: Resource, names: tuple[str, ...], request: Request) -> tuple[str, ...]:
    """Warnings about unknown fields, or the refusal of a client that wants it strict."""
    texts = tuple(f'unknown field "{name}"' for name in names)
    validation = request.query.get("fieldValidation") or "Warn"
    if texts and validation == "Strict":
        raise bad_request(
            f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: '
            f"strict decoding error: {', '.join(texts)}"
        )
    return texts if validation == "Warn" else ()


def with_warnings(found: Answer, warnings: tuple[str, ...]) -> Answer:
    """The answer with its warnings as headers."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in warnings)
    headers = tuple(("Warning", f'299 - "{text}"') for text in quoted)
    return Answer(found.status, found.body, found.content_type, (*found.headers, *headers))


_POLICIES = ("Foreground", "Background", "Orphan")
_OPTIONS = {
    "POST": "CreateOptions",
    "PUT": "UpdateOptions",
    "PATCH": "PatchOptions",
    "DELETE": "DeleteOptions",
}


def require_options(request: Request) -> None:
    """Refuses values of the query that mean nothing."""
    dry_run = request.query.get("dryRun", "All")
    if dry_run != "All" and request.method in _OPTIONS:
        cause = Cause("dryRun", f'Unsupported value: ["{dry_run}"]: supported values: "All"')
        raise invalid(_OPTIONS[request.method], "", (cause,), "meta.k8s.io")
    policy = request.query.get("propagationPolicy", "Background")
    if policy not in _POLICIES and request.method == "DELETE":
        known = ", ".join(f'"{name}"' for name in (*_POLICIES, "nil"))
        cause = Cause("propagationPolicy", f'Unsupported value: "{policy}": supported values: {known}')
        raise invalid("DeleteOptions", "", (cause,), "meta.k8s.io")


def require_patched_types(resource: Resource, value: Object) -> dict[str, Any]:
    """The patched object with its types, or a refusal in which the API server names no object."""
    try:
        return shaped(resource.kind, value)
    except ShapeError as error:
        shown = dump(dump({"apiVersion": resource.api_version, "kind": resource.kind, **value}))
        raise invalid("", "", (Cause("patch", f"Invalid value: {shown}: {error}"),)) from error
