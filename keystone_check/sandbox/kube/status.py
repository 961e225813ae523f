"""The Status objects with which an API server refuses, worded as kube-apiserver 1.36 words them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keystone_check.sandbox.kube.resources import Resource
from keystone_check.sandbox.kube.wire import Answer, answer


class StatusError(Exception):
    """A request that ends with a Status."""

    def __init__(self, code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details

    def answer(self) -> Answer:
        """The Status as it goes over the wire."""
        body: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
        }
        if self.details is not None:
            body["details"] = self.details
        return answer({**body, "code": self.code}, self.code)


@dataclass(frozen=True, slots=True)
class Cause:
    """One field that is wrong."""

    field: str
    message: str
    """Such as `Required value` or `Invalid value: 599: may not …`."""

    @property
    def reason(self) -> str:
        reasons = {"Required": "FieldValueRequired", "Unsupported": "FieldValueNotSupported"}
        return reasons.get(self.message.split(" ", 1)[0], "FieldValueInvalid")


def unauthorized() -> StatusError:
    """No credentials, or none that hold."""
    return StatusError(401, "Unauthorized", "Unauthorized")


def bad_request(message: str) -> StatusError:
    """The request itself makes no sense."""
    return StatusError(400, "BadRequest", message)


def forbidden(plural: str, group: str, name: str, because: str) -> StatusError:
    """Refused by authorization or admission; the resource need not be one that is served."""
    qualified = f"{plural}.{group}" if group else plural
    subject = f'{qualified} "{name}"' if name else qualified
    return StatusError(403, "Forbidden", f"{subject} is forbidden: {because}", _details(name, group, plural))


def not_found(resource: Resource, name: str) -> StatusError:
    """No such object."""
    details = _details(name, resource.group, resource.plural)
    return StatusError(404, "NotFound", f'{resource.qualified} "{name}" not found', details)


def no_such_resource() -> StatusError:
    """The API has no such path."""
    return StatusError(404, "NotFound", "the server could not find the requested resource", {})


def method_not_allowed() -> StatusError:
    """The path exists, the method does not."""
    return StatusError(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {}
    )


def already_exists(resource: Resource, name: str) -> StatusError:
    """Created before."""
    details = _details(name, resource.group, resource.plural)
    return StatusError(409, "AlreadyExists", f'{resource.qualified} "{name}" already exists', details)


def conflict(kind: str, name: str, because: str, group: str = "") -> StatusError:
    """What stands there is not what the client believes."""
    qualified = f"{kind}.{group}" if group else kind
    message = f'Operation cannot be fulfilled on {qualified} "{name}": {because}'
    return StatusError(409, "Conflict", message, _details(name, group, kind))


def modified(resource: Resource, name: str) -> StatusError:
    """The resourceVersion is not the stored one."""
    because = "the object has been modified; please apply your changes to the latest version and try again"
    return conflict(resource.qualified, name, because)


def invalid(kind: str, name: str, causes: Sequence[Cause], group: str = "") -> StatusError:
    """Fields that may not be so."""
    texts = [f"{cause.field}: {cause.message}" for cause in causes]
    listed = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    qualified = f"{kind}.{group}" if group else kind
    details = _details(name, group, kind) | {
        "causes": [{"reason": c.reason, "message": c.message, "field": c.field} for c in causes]
    }
    return StatusError(422, "Invalid", f'{qualified} "{name}" is invalid: {listed}', details)


def unprocessable() -> StatusError:
    """A JSON patch that does not apply: the API server says no more than this."""
    return StatusError(422, "Invalid", "the server rejected our request due to an error in our request", {})


def unsupported_media_type(message: str) -> StatusError:
    """A body in a form that is not read here."""
    return StatusError(415, "UnsupportedMediaType", message)


def not_acceptable(content_type: str) -> StatusError:
    """The client does not take the one form that is written here."""
    message = f"406: Not Acceptable\n\nAvailable representations: {content_type}"
    return StatusError(406, "NotAcceptable", message, {})


def too_large(limit: int) -> StatusError:
    """A body over the limit."""
    message = f"Request entity too large: limit is {limit}"
    return StatusError(413, "RequestEntityTooLarge", message)


def panic() -> StatusError:
    """A fault of the emulator, told as the API server tells its own."""
    message = "This request caused apiserver to panic. Look in the logs for details."
    return StatusError(500, "InternalError", message, {"causes": [{"message": message}]})


def _details(name: str, group: str, kind: str) -> dict[str, Any]:
    fields = {"name": name, "group": group, "kind": kind}
    return {key: value for key, value in fields.items() if value}
