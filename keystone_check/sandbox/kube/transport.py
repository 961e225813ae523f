"""HTTP/1.1 over TLS: one thread for each connection, nothing on stderr, all of it gone at stop()."""

import http.server
import socket
import ssl
import sys
import threading
import time
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from keystone_check import scratch
from keystone_check.sandbox.kube.state import Tls
from keystone_check.sandbox.kube.status import bad_request, method_not_allowed, too_large
from keystone_check.sandbox.kube.wire import Answer, Request, request

MOST_BYTES = 3 * 1024 * 1024
"""The API server's own limit of a request's body."""
IDLE_SECONDS = 60.0
STOP_SECONDS = 5.0

Respond = Callable[[Request], Answer]


class HttpServer(http.server.ThreadingHTTPServer):
    """Binds a free port of 127.0.0.1 and answers with `respond`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, tls: Tls, clock: Callable[[], float] = time.time) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.clock = clock
        self._context = _context(tls)
        self._open: set[socket.socket] = set()
        self.crashes: list[str] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self.respond: Respond = lambda found: bad_request("not started").answer()

    def start(self, respond: Respond) -> None:
        """Serves in a thread of its own."""
        self.respond = respond
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread and every connection, and waits until they are gone."""
        if self._thread is not None:
            self.shutdown()
            self._thread.join()
        self.server_close()
        with self._changed:
            for connection in self._open:
                _hang_up(connection)
            self._changed.wait_for(lambda: not self._open, STOP_SECONDS)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accepts without a handshake: a slow client must not hold up the others."""
        connection, address = super().get_request()
        connection.settimeout(IDLE_SECONDS)
        secured = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with self._changed:
            self._open.add(secured)
        return secured, address

    def shutdown_request(self, request: Any) -> None:
        """Closes a connection that its thread is done with."""
        _hang_up(request)
        request.close()
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A broken connection is the client's affair; anything else is ours, and recorded."""
        error = sys.exception()
        if error is not None and not isinstance(error, OSError):
            self.crashes.append(f"{type(error).__name__} outside of a request")


class Handler(http.server.BaseHTTPRequestHandler):
    """Reads a request, writes the answer."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: HttpServer

    def setup(self) -> None:
        super().setup()
        self.connection.do_handshake()

    def _serve(self) -> None:
        found = self._read()
        self._write(found if isinstance(found, Answer) else self.server.respond(found))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815

    def _read(self) -> Request | Answer:
        size = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not size.isdigit():
            self.close_connection = True
            return bad_request("this server reads bodies with a Content-Length only").answer()
        if int(size) > MOST_BYTES:
            self.close_connection = True
            return too_large(MOST_BYTES).answer()
        headers = {name.lower(): value for name, value in self.headers.items()}
        return request(self.command, self.path, headers, self.rfile.read(int(size)))

    def _write(self, found: Answer) -> None:
        body = found.body.encode()
        headers = {
            "Audit-Id": str(uuid.uuid4()),
            "Cache-Control": "no-cache, private",
            "Content-Type": found.content_type,
            **dict(found.headers),
            "Date": self.date_time_string(self.server.clock()),
            "Content-Length": str(len(body)),
        }
        if self.close_connection:
            headers["Connection"] = "close"
        self.send_response_only(found.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What http.server itself refuses (a malformed request line, an unknown method), as a Status."""
        self.close_connection = True
        self.command = getattr(self, "command", None) or "GET"
        unknown_method = code == HTTPStatus.NOT_IMPLEMENTED
        refused = method_not_allowed() if unknown_method else bad_request(message or "malformed request")
        self._write(refused.answer())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        # The client was quicker.
        return


def _context(tls: Tls) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    # The ssl module reads chains and keys from files only.
    with scratch.folder() as folder:
        pem = folder / "server.pem"
        pem.write_bytes(tls.key + tls.chain)
        context.load_cert_chain(pem)
    return context
