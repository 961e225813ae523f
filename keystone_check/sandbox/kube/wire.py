"""A request as it was read and an answer as it is written; JSON in the form that Go gives it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Object = Mapping[str, Any]
"""A JSON object of the API. Never changed in place: a change makes another."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, its body read. Never printed: the headers hold a bearer token."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Lower-case names."""
    body: bytes = field(default=b"", repr=False)

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip()

    @property
    def accepts(self) -> tuple[str, ...]:
        """The media types of the Accept header, in the client's order, spaces removed."""
        return tuple(
            "".join(part.split()) for part in self.headers.get("accept", "").split(",") if part.strip()
        )

    def takes(self, content_type: str) -> bool:
        """Whether an answer of this type will do."""
        taken = {part.partition(";")[0] for part in self.accepts} or {"*/*"}
        return bool(taken & {content_type, content_type.partition("/")[0] + "/*", "*/*"})

    @property
    def dry_run(self) -> bool:
        return self.query.get("dryRun") == "All"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: str = field(repr=False)
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


def request(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Request:
    """The request for a target as the request line has it."""
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Request(method, parts.path, query, headers, body)


def dump(value: object) -> str:
    """Compact JSON with the three characters escaped that Go's encoder escapes."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def answer(value: object, status: int = 200) -> Answer:
    """A JSON answer, ended by a newline as the API server ends it."""
    return Answer(status, dump(value) + "\n")
