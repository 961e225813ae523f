"""A server in a thread of its own, for as long as a `with` block lasts."""

import threading
from socketserver import BaseServer
from types import TracebackType
from typing import Generic, Self, TypeVar

Server = TypeVar("Server", bound=BaseServer)


class Listening(Generic[Server]):
    """Serves from the block's begin to its end, and then leaves neither thread nor socket."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
