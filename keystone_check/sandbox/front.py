"""The issuer front: answers anonymous GETs over TLS, under every host name that the publication knows."""

import ssl
import sys
import time
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from keystone_check import scratch
from keystone_check.model.facts import Missing
from keystone_check.model.web import Response
from keystone_check.sandbox.ground import ServerIdentity
from keystone_check.sandbox.listening import Listening
from keystone_check.sandbox.pace import Pace
from keystone_check.sandbox.publication import Publication


class Front(Listening["_Server"]):
    """A TLS server on a free loopback port; `with Front(...) as front` serves until the block ends."""

    def __init__(
        self,
        publication: Publication,
        identity: ServerIdentity,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.time,
        oldest_tls: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    ) -> None:
        super().__init__(_Server(("127.0.0.1", 0), _handler(publication, pace or Pace(), clock), identity))
        self._server.context.minimum_version = oldest_tls

    @property
    def crashes(self) -> list[str]:
        """Tracebacks of the server's own faults, kept here and off the terminal."""
        return self._server.crashes

    @property
    def address(self) -> str:
        """`127.0.0.1:port`."""
        return f"127.0.0.1:{self._server.server_port}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], identity: ServerIdentity
    ) -> None:
        super().__init__(address, handler)
        self.context = server_context(identity)
        self.crashes: list[str] = []

    def finish_request(self, request: Any, client_address: Any) -> None:
        # The handshake happens here, in the connection's own thread, so that a client that never
        # speaks cannot hold up the others.
        try:
            tls = self.context.wrap_socket(request, server_side=True)
        except OSError:
            return  # the client left or refused the handshake: that is its finding, not ours
        with tls:
            super().finish_request(tls, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that breaks off is no fault; anything else is ours, and kept for who asks."""
        if not isinstance(sys.exception(), OSError):
            self.crashes.append(traceback.format_exc())


def server_context(identity: ServerIdentity) -> ssl.SSLContext:
    """A TLS server context. OpenSSL loads keys from files only, so they pass through a private folder."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with scratch.folder() as folder:
        chain, key = folder / "chain.pem", folder / "key.pem"
        chain.write_bytes(identity.chain_pem)
        key.write_bytes(identity.key_pem)
        context.load_cert_chain(chain, key)
    return context


def _handler(
    publication: Publication, pace: Pace, clock: Callable[[], float]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        timeout = 30

        def do_GET(self) -> None:
            pace.hold("web")
            host = self.headers.get("Host", "").partition(":")[0]
            self._send(publication.answer(f"https://{host}{self.path}"))

        def do_HEAD(self) -> None:
            self.do_GET()

        def _send(self, answer: Response | Missing) -> None:
            status, headers, body = _parts(answer)
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            if isinstance(answer, Response):
                self.send_header("Server-Timing", f"total;dur={answer.milliseconds}")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")  # each reader asks once
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)
            self.wfile.flush()

        def date_time_string(self, timestamp: float | None = None) -> str:
            """The sandbox's own clock."""
            return super().date_time_string(clock() if timestamp is None else timestamp)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the sandbox is quiet."""

    return Handler


def _parts(answer: Response | Missing) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    match answer:
        case Missing():
            return 502, (("content-type", "text/plain"),), answer.because.encode()
        case Response(body=str() as text):
            return answer.status, answer.headers, text.encode()
        case Response():
            # A body that could not be kept as text: bytes of that size that are no UTF-8 either.
            return answer.status, answer.headers, b"\xff" * answer.size
