"""One HTTP answer, and the fact that it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from keystone_check.model.facts import Missing
from keystone_check.model.web import Response
from keystone_check.probes.redaction import redacted

BODY_LIMIT = 1 << 20
KEPT_HEADERS = frozenset({"content-type", "cache-control", "age", "location"})


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body as they came; of a body over the limit, one byte more than the limit."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)  # a TokenRequest's answer is one too
    seconds: float


def response(url: str, answer: Answer, attempts: int = 1, milliseconds: int = 0) -> Response:
    """The answer as a fact: text or why there is none, and the headers that tell something."""
    kept = ((name.lower(), value) for name, value in answer.headers if name.lower() in KEPT_HEADERS)
    return Response(
        url=url,
        status=answer.status,
        headers=tuple(sorted(kept)),
        body=text(answer.body, f"the body of {url}"),
        size=len(answer.body),
        milliseconds=milliseconds,
        attempts=attempts,
    )


def text(body: bytes, what: str) -> str | Missing:
    """A body as text, strictly UTF-8 and within the limit, without private keys."""
    if len(body) > BODY_LIMIT:
        return Missing("body", f"{what} is larger than {BODY_LIMIT} bytes; it was not read to its end")
    try:
        return redacted(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        byte = body[error.start]
        return Missing("body", f"{what} is not UTF-8: byte 0x{byte:02x} at position {error.start}")


def headers_of(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """A client library's headers as plain pairs."""
    return tuple((name, value) for name, value in headers.items())
