"""Webhooks that an API server asks about pods: their registration, and one that answers as it is told."""

import base64
import contextlib
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.reality.apiserver import ApiServer
from tests.reality.certificates import DAY, Authority
from tests.reality.processes import free_port
from tests.reality.wire import Json, ask

CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
WEBHOOK = "pod-identity-webhook.amazonaws.com"
SKIP = {
    "matchExpressions": [{"key": "eks.amazonaws.com/skip-pod-identity-webhook", "operator": "DoesNotExist"}]
}
SENTINEL = "keystone.example/sentinel"
EFFECT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a webhook listens, and whom to trust there."""

    url: str
    bundle: bytes
    """PEM of the authority that signed its certificate."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a webhook says to one question."""

    status: int
    body: bytes


Handler = Callable[[Json], Reply]
"""From the request of an AdmissionReview to the reply."""


def webhook(endpoint: Endpoint, **changes: Json) -> Json:
    """A webhook as amazon-eks-pod-identity-webhook registers its own (deploy/mutatingwebhook.yaml)."""
    bundle = base64.b64encode(endpoint.bundle).decode()
    return {
        "name": WEBHOOK,
        "failurePolicy": "Ignore",
        "clientConfig": {"url": endpoint.url, "caBundle": bundle},
        "objectSelector": SKIP,
        "rules": [
            {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}
        ],
        "sideEffects": "None",
        "admissionReviewVersions": ["v1beta1"],
    } | changes


@contextlib.contextmanager
def registered(server: ApiServer, asked: Json) -> Iterator[None]:
    """Registers the webhook for as long as the block lasts: in effect inside, gone after.

    The server hears of registrations in their order. So a second one that shows itself, a sentinel, says
    when the first has taken effect, and when it is gone.
    """
    webhooks = {"pod-identity-webhook": asked, "sentinel": _sentinel()}
    for name, value in webhooks.items():
        answer = ask(server, "POST", CONFIGURATIONS, {"metadata": {"name": name}, "webhooks": [value]})
        if answer.status != 201:
            raise AssertionError(f"{name} was not registered: {answer.body}")
    try:
        _wait_for(server, status=500)
        yield
    finally:
        for name in webhooks:
            ask(server, "DELETE", f"{CONFIGURATIONS}/{name}")
        _wait_for(server, status=201)


def _sentinel() -> Json:
    """Refuses config maps that carry its label."""
    url = f"https://127.0.0.1:{free_port()}/"
    return webhook(
        Endpoint(url, b""),
        name="sentinel.keystone.example",
        failurePolicy="Fail",
        clientConfig={"url": url},
        objectSelector={"matchExpressions": [{"key": SENTINEL, "operator": "Exists"}]},
        rules=[
            {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["configmaps"]}
        ],
    )


def _wait_for(server: ApiServer, *, status: int) -> None:
    deadline = time.monotonic() + EFFECT_SECONDS
    path = "/api/v1/namespaces/default/configmaps?dryRun=All"
    seen = {"metadata": {"name": "sentinel", "labels": {SENTINEL: ""}}}
    while ask(server, "POST", path, seen).status != status:
        if time.monotonic() > deadline:
            raise AssertionError(f"the registration took no effect within {EFFECT_SECONDS:.0f} s")


@contextlib.contextmanager
def answering(
    folder: Path, handle: Handler, host: str = "127.0.0.1", life: timedelta = DAY
) -> Iterator[Endpoint]:
    """A webhook on loopback that answers as it is told; its certificate is for this host, for this long."""
    authority = Authority(folder, "webhook-ca")
    pair = authority.server("webhook", (host,), life=life)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    with _Server(handle) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield Endpoint(
                f"https://127.0.0.1:{server.server_port}/mutate", authority.certificate.read_bytes()
            )
        finally:
            server.shutdown()
            thread.join()


def allowing(mutate: Callable[[Json], Json]) -> Handler:
    """Admits each pod as this function makes it."""

    def handle(request: Json) -> Reply:
        after = mutate(request["object"])
        parts = ("metadata", "spec")
        patch = [{"op": "replace", "path": f"/{part}", "value": after[part]} for part in parts]
        encoded = base64.b64encode(json.dumps(patch).encode()).decode()
        return review(request, allowed=True, patch=encoded, patchType="JSONPatch")

    return handle


def review(request: Json, **response: Json) -> Reply:
    """An AdmissionReview that answers the request."""
    told = {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1beta1"}
    return Reply(200, json.dumps(told | {"response": {"uid": request["uid"], **response}}).encode())


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, handle: Handler) -> None:
        self.handle = handle
        super().__init__(("127.0.0.1", 0), _Exchange)

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hangs up is what some tests are about."""


class _Exchange(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["content-length"])))
        reply = self.server.handle(question["request"])
        self.send_response(reply.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: what was asked is in the test."""
