"""A way to AWS on which the answers to writes get lost: the request is passed on, the reply is a 500."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import urllib3


@contextmanager
def forgetful(upstream: str) -> Iterator[str]:
    """The address of a server that passes everything on to `upstream` and forgets what a PUT gave."""
    with urllib3.PoolManager() as pool:

        class Handler(BaseHTTPRequestHandler):
            def _pass(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                answer = pool.request(
                    self.command, f"{upstream}{self.path}", body=body, headers=dict(self.headers.items())
                )
                lost = self.command == "PUT"
                self.send_response(500 if lost else answer.status)
                for name, value in answer.headers.items():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                        self.send_header(name, value)
                self.send_header("Content-Length", "0" if lost else str(len(answer.data)))
                self.end_headers()
                if not lost:
                    self.wfile.write(answer.data)

            def do_GET(self) -> None:
                self._pass()

            def do_PUT(self) -> None:
                self._pass()

            def do_POST(self) -> None:
                self._pass()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
