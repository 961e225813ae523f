"""Answers as they are recorded: what changes from run to run, and every secret, becomes a placeholder.

`metadata.managedFields` is left out: it says who wrote which field, and no part of the chain asks.
"""

import base64
import json
import re
from typing import Any

from tests.reality.wire import Answer, Json

HEADERS = ("allow", "cache-control", "content-type", "location", "retry-after", "warning", "www-authenticate")
"""The headers that are recorded; the rest are dates, lengths, audit ids and priority levels."""

JWT = re.compile(r"eyJ[\w-]*\.[\w-]+\.[\w-]+")  # every JOSE header begins with {" in base64url
PATTERNS = (
    (JWT, "<token>"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<uid>"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"), "<time>"),
    (re.compile(r"X509SHA256=[0-9a-f]{64}"), "X509SHA256=<fingerprint>"),
    (re.compile(r"kube-api-access-[a-z0-9]{5}\b"), "kube-api-access-<random>"),
    (re.compile(r"\b127\.0\.0\.1:\d+"), "<address>"),
    (re.compile(r"^(\d+[smhdy])+$"), "<age>"),
)
MEMBERS = frozenset({"kid", "n", "x", "y", "resourceVersion", "continue", "goVersion", "platform"})
"""Members whose value is different on every server, whatever it is."""


def recorded(answer: Answer) -> dict[str, Json]:
    """The answer as a recording holds it; a minted token is told by its header and claims."""
    token = _token(answer.body)
    return {
        "status": answer.status,
        "headers": {name: redacted(answer.headers[name]) for name in HEADERS if name in answer.headers},
        "body": redacted(answer.body),
    } | ({"token": _told(token)} if token else {})


def redacted(value: Json) -> Json:
    """The same value with placeholders."""
    match value:
        case dict():
            return {key: _member(key, item) for key, item in value.items() if key != "managedFields"}
        case list():
            return [redacted(item) for item in value]
        case str():
            for pattern, placeholder in PATTERNS:
                value = pattern.sub(placeholder, value)
    return value


def _member(name: str, value: Json) -> Json:
    return f"<{name}>" if name in MEMBERS and isinstance(value, str) and value else redacted(value)


def _token(body: Json) -> str:
    status = body.get("status") if isinstance(body, dict) else None
    return str(status.get("token", "")) if isinstance(status, dict) else ""


def _told(token: str) -> dict[str, Json]:
    header, claims = (_decoded(part) for part in token.split(".")[:2])
    issued = claims["iat"]
    times = {name: _since(issued, claims[name]) for name in ("exp", "iat", "nbf") if name in claims}
    bound = claims["kubernetes.io"]
    if "warnafter" in bound:
        bound = bound | {"warnafter": _since(issued, bound["warnafter"])}
    return {"header": redacted(header), "claims": redacted(claims | times | {"kubernetes.io": bound})}


def _decoded(part: str) -> dict[str, Any]:
    decoded = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    if not isinstance(decoded, dict):
        raise TypeError("a token's header and claims are JSON objects")
    return decoded


def _since(issued: int, moment: int) -> str:
    return f"<iat + {moment - issued}>" if moment != issued else "<iat>"
