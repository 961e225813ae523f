"""What is said to an API server and what it answers: requests, answers, and stories made of them.

A story is a few requests in order that leave the server as they found it. A later request may name what an
earlier answer gave: `<token>`, `<uid>`, `<resourceVersion>`, `<continue>`.
"""

import http.client
import json
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from keystone_check.model.secret import Secret

Json = Any
"""What a JSON document holds."""


@dataclass(frozen=True, slots=True, eq=False)
class Credentials:
    """How a caller connects: trust in the server's authority, with a client certificate or a bearer token."""

    tls: ssl.SSLContext
    token: Secret | None = None


class Server(Protocol):
    """What a story is told to: the real API server, or one that claims to answer like it."""

    @property
    def url(self) -> str: ...

    def credentials(self, caller: str) -> Credentials:
        """For `admin` (group system:masters), `stranger` (no rights) and `nobody` (no credentials)."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `caller` is `admin`, `stranger`, `nobody`, `garbage` or `<token>`."""

    method: str
    path: str
    body: Json = None
    """JSON, or a string that is sent as it is."""
    caller: str = "admin"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it came. Never printed: the body may hold a token."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Lower-case names."""
    body: Json = field(repr=False)
    """JSON where the content type says so, else text."""


class Memory:
    """What the answers of one story gave to its later requests."""

    def __init__(self) -> None:
        self._values: dict[str, Secret] = {}

    def learn(self, answer: Answer) -> None:
        """Keeps the object's uid and versions, a list's continue token and a minted token."""
        if not isinstance(answer.body, dict):
            return
        metadata, status = answer.body.get("metadata", {}), answer.body.get("status", {})
        found = {name: metadata.get(name) for name in ("uid", "resourceVersion", "continue")}
        found["token"] = status.get("token") if isinstance(status, dict) else None
        self._values |= {f"<{name}>": Secret(value) for name, value in found.items() if value}

    def fill(self, value: Json) -> Json:
        """The same value with every placeholder replaced by what was learnt."""
        match value:
            case dict():
                return {key: self.fill(item) for key, item in value.items()}
            case list():
                return [self.fill(item) for item in value]
            case str() if value in self._values:
                return self._values[value].reveal()
        return value

    def fill_path(self, path: str) -> str:
        """The path with placeholders replaced, quoted as a query wants it."""
        for placeholder, secret in self._values.items():
            path = path.replace(placeholder, quote(secret.reveal(), safe=""))
        return path


def tell(server: Server, story: Iterable[Request]) -> list[Answer]:
    """Sends a story's requests in order and returns the answers."""
    memory, answers = Memory(), []
    for request in story:
        answers.append(send(server, request, memory))
        memory.learn(answers[-1])
    return answers


def ask(server: Server, method: str, path: str, body: Json = None, caller: str = "admin") -> Answer:
    """One request, and what came back."""
    return send(server, Request(method, path, body, caller), Memory())


def send(server: Server, request: Request, memory: Memory) -> Answer:
    """Sends one request over a connection of its own."""
    credentials = server.credentials(request.caller)
    connection = http.client.HTTPSConnection(urlsplit(server.url).netloc, context=credentials.tls, timeout=30)
    try:
        connection.request(
            request.method,
            memory.fill_path(request.path),
            _encoded(memory.fill(request.body)),
            _headers(request, credentials, memory),
        )
        response = connection.getresponse()
        return _answer(response, response.read())
    finally:
        connection.close()


def _headers(request: Request, credentials: Credentials, memory: Memory) -> dict[str, str]:
    headers = {"accept": "application/json, */*", "content-type": "application/json"}
    token = {"garbage": "not-a-token", "<token>": memory.fill("<token>")}.get(request.caller)
    token = credentials.token.reveal() if credentials.token else token
    return headers | dict(request.headers) | ({"authorization": f"Bearer {token}"} if token else {})


def _encoded(body: Json) -> bytes | None:
    if body is None:
        return None
    return (body if isinstance(body, str) else json.dumps(body)).encode()


def _answer(response: http.client.HTTPResponse, body: bytes) -> Answer:
    headers = {name.lower(): value for name, value in response.getheaders()}
    is_json = "json" in headers.get("content-type", "")
    return Answer(response.status, headers, json.loads(body) if is_json and body else body.decode())
