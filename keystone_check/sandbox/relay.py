"""A proxy that connects to the hosts it knows: what stands in between where a world says so."""

import contextlib
import select
import socket
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from keystone_check.sandbox.listening import Listening


class Relay(Listening[ThreadingHTTPServer]):
    """Takes CONNECT for these hosts on a free loopback port, until its `with` block ends."""

    def __init__(self, hosts: Mapping[str, str]) -> None:
        """`hosts`: where each is found, `address:port`."""
        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), _handler(dict(hosts))))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """`http://127.0.0.1:port`."""
        return f"http://127.0.0.1:{self._server.server_port}"


def _handler(hosts: Mapping[str, str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 30

        def do_CONNECT(self) -> None:
            found = hosts.get(self.path.removesuffix(":443"))
            if found is None:
                self.send_error(502)
                return
            address, _, port = found.rpartition(":")
            with socket.create_connection((address, int(port))) as host:
                self.send_response(200)
                self.end_headers()
                with contextlib.suppress(OSError):  # either side may hang up whenever it likes
                    _carry(self.connection, host)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the sandbox is quiet."""

    return Handler


def _carry(client: socket.socket, host: socket.socket) -> None:
    """Bytes both ways until one side has no more."""
    other = {client: host, host: client}
    while True:
        for ready in select.select([client, host], [], [], 30)[0]:
            chunk = ready.recv(65536)
            if not chunk:
                return
            other[ready].sendall(chunk)
