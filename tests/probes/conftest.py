"""One set of keys and certificates for the readers' tests, and servers that end with their test."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import urllib3

from keystone_check.model.access import Access, StaticCredentials
from keystone_check.model.secret import Secret
from keystone_check.sandbox.ground import Ground
from tests.probes.servers import Answer, Server, serving

HOST = "oidc.keystone.example"


@pytest.fixture(scope="session")
def ground() -> Ground:
    return Ground.make()


@pytest.fixture
def web(ground: Ground, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start an https server for HOST; the certificate is signed by nobody whom the world knows."""
    with contextlib.ExitStack() as stack:

        def start(answer: Answer, newest_tls: ssl.TLSVersion | None = None) -> Server:
            return stack.enter_context(serving(answer, ground.web, tmp_path, newest_tls))

        yield start


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Callable[[Answer], Server]]:
    """Start a server without TLS."""
    with contextlib.ExitStack() as stack:
        yield lambda answer: stack.enter_context(serving(answer, None, tmp_path))


def towards(server: Server, request_seconds: float = 10) -> Access:
    """An Access that finds HOST at the server."""
    return Access("test", connect_to=((HOST, f"127.0.0.1:{server.port}"),), request_seconds=request_seconds)


@pytest.fixture
def unused_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def moto_endpoint() -> Iterator[str]:
    """moto as a server of all of AWS."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def account(moto_endpoint: str) -> Access:
    """An empty AWS account, and how to reach it."""
    urllib3.request("POST", f"{moto_endpoint}/moto-api/reset")
    return in_aws(moto_endpoint)


def in_aws(endpoint: str, request_seconds: float = 10) -> Access:
    """An Access whose AWS is at one address."""
    keys = StaticCredentials(Secret("AKIAKEYSTONETEST0000"), Secret(HIDDEN))
    return Access(
        "test",
        region="eu-central-1",
        aws_endpoint=endpoint,
        aws_credentials=keys,
        request_seconds=request_seconds,
    )


HIDDEN = "secret-key-that-stays-here"
