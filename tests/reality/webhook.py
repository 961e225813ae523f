"""The pod identity webhook that clusters run, amazon-eks-pod-identity-webhook, before a real API server.

Nothing here brings it: `KEYSTONE_REALITY_WEBHOOK` names a program that is there. It listens on every address
of the machine, for it has no flag against that; a network namespace keeps it to itself.
"""

import contextlib
import os
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from keystone_check.errors import KeystoneError
from tests.reality.admission import Endpoint
from tests.reality.apiserver import START_SECONDS, ApiServer
from tests.reality.certificates import Authority, Pair
from tests.reality.processes import free_port, require_running, running, start_failure

VARIABLE = "KEYSTONE_REALITY_WEBHOOK"
"""The environment variable that names the program."""


def program() -> Path | None:
    """The webhook's program, if one is named."""
    named = os.environ.get(VARIABLE)
    if named and not os.access(named, os.X_OK):
        raise KeystoneError(f"{VARIABLE} names {named}, which is no program", "name an executable file")
    return Path(named) if named else None


@contextlib.contextmanager
def serve_webhook(server: ApiServer, path: Path, *flags: str) -> Iterator[Endpoint]:
    """Runs the webhook for as long as the block lasts; it watches the server's service accounts."""
    with tempfile.TemporaryDirectory(prefix="webhook-", dir=server.folder) as name:
        authority = Authority(Path(name), "webhook-ca")
        pair = authority.server("pod-identity-webhook", ("127.0.0.1",))
        port = free_port()
        command = [str(path), *_flags(server, pair, port), *flags]
        origin = f"https://127.0.0.1:{port}"
        with running(command, Path(name) / "pod-identity-webhook.log") as process:
            _wait_until_ready(f"{origin}/healthz", authority.certificate, process)
            yield Endpoint(f"{origin}/mutate", authority.certificate.read_bytes())


def _flags(server: ApiServer, pair: Pair, port: int) -> list[str]:
    return [
        "--in-cluster=false",
        f"--kubeconfig={server.kubeconfig()}",
        f"--tls-cert={pair.certificate}",
        f"--tls-key={pair.key}",
        f"--port={port}",
        f"--metrics-port={free_port()}",
        "--annotation-prefix=eks.amazonaws.com",
        "--token-audience=sts.amazonaws.com",
        # A new account may not have reached its watch; it then waits, and asks for the account itself.
        "--service-account-lookup-grace-period=10s",
    ]


def _wait_until_ready(url: str, authority: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    tls = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=str(authority)))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), tls)
    while not _is_healthy(opener, url):
        require_running({"pod-identity-webhook": process}, authority.parent)
        if time.monotonic() > deadline:
            raise start_failure(authority.parent, f"the webhook was not ready within {START_SECONDS:.0f} s")


def _is_healthy(opener: urllib.request.OpenerDirector, url: str) -> bool:
    try:
        with opener.open(url, timeout=5) as answer:
            return bool(answer.read() == b"ok")
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
