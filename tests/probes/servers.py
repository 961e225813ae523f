"""Real servers on loopback that answer as a test wants, and count what they are asked."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from keystone_check.sandbox.ground import ServerIdentity


@dataclass(frozen=True)
class Reply:
    """What the server answers."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Reset:
    """Break the connection off instead of answering."""


class Silence:
    """Answer nothing until the server is stopped."""


@dataclass(frozen=True)
class Request:
    """What the server was asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[Request], Reply | Reset | Silence]


@dataclass
class Server:
    """A running server."""

    port: int
    stopping: threading.Event
    asked: list[Request] = field(default_factory=list)


@contextlib.contextmanager
def serving(
    answer: Answer,
    identity: ServerIdentity | None,
    folder: Path,
    newest_tls: ssl.TLSVersion | None = None,
    busy_seconds: float = 0,
) -> Iterator[Server]:
    """Serve until the block is left; over TLS when there is an identity, which a busy server starts late."""
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    httpd.daemon_threads = True
    server = Server(httpd.server_address[1], threading.Event())
    httpd.RequestHandlerClass = _handler(server, answer, busy_seconds)
    if identity:
        context = _context(identity, folder)
        if newest_tls:
            context.minimum_version = newest_tls
        httpd.socket = context.wrap_socket(httpd.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        httpd.shutdown()
        thread.join()
        httpd.server_close()


def _context(identity: ServerIdentity, folder: Path) -> ssl.SSLContext:
    pem = folder / "server.pem"
    pem.write_bytes(identity.key_pem + identity.chain_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def _handler(server: Server, answer: Answer, busy_seconds: float) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            server.stopping.wait(busy_seconds)
            super().setup()

        def handle(self) -> None:
            with contextlib.suppress(OSError):  # a client that hangs up is what some tests are about
                super().handle()

        def finish(self) -> None:
            with contextlib.suppress(OSError):
                super().finish()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, body)
            server.asked.append(request)
            match answer(request):
                case Reply(status, headers, content):
                    self.send_response(status)
                    for name, value in {"Content-Length": str(len(content)), **headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(content)
                case Reset():
                    linger = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    socket.socket(fileno=self.connection.detach()).close()
                case Silence():
                    server.stopping.wait(30)

        do_CONNECT = do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer  # noqa: N815  # names that http.server looks for

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
