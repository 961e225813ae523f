"""A real kube-apiserver with etcd behind it, started the way K3s starts its own."""

import contextlib
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from keystone_check.errors import KeystoneError
from keystone_check.model.secret import Secret
from tests.reality import guard
from tests.reality.build import Binaries, binaries
from tests.reality.certificates import Authority, Pair, rsa_key, write_private
from tests.reality.wire import Credentials

START_SECONDS = 90.0
LOG_LINES = 25


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator sets on the API server for this chain; defaults are K3s's where K3s has one."""

    issuers: tuple[str, ...] = ("https://oidc.keystone.example/cluster",)
    """The first signs, all are accepted."""
    jwks_uri: str = "https://oidc.keystone.example/cluster/openid/v1/jwks"
    """Empty: not set, as K3s leaves it."""
    audiences: tuple[str, ...] = ("https://kubernetes.default.svc.cluster.local", "k3s")
    signing_key: Secret = field(default_factory=rsa_key)
    """A private key as PEM, RSA or EC."""
    further_keys: tuple[Secret, ...] = ()
    """Keys that are still accepted and published, private or public, as PEM."""


@dataclass(frozen=True, slots=True)
class ApiServer:
    """A running API server."""

    url: str
    settings: Settings
    binaries: Binaries
    folder: Path
    """Certificates, keys, kubeconfigs and logs; removed when the server ends."""
    authority: Path
    """The certificate of the authority that signed the server's."""
    clients: dict[str, Pair]
    """`admin`, who may do everything, and `stranger`, who has no right at all."""

    def credentials(self, caller: str) -> Credentials:
        """How `admin`, `stranger` or anybody else (without a certificate) connects."""
        context = ssl.create_default_context(cafile=str(self.authority))
        pair = self.clients.get(caller)
        if pair:
            context.load_cert_chain(pair.certificate, pair.key)
        return Credentials(context)

    def kubeconfig(self, caller: str = "admin") -> Path:
        """A kubeconfig for `admin` or `stranger`; its only context is called `reality`."""
        pair = self.clients[caller]
        cluster = {"server": self.url, "certificate-authority": str(self.authority)}
        user = {"client-certificate": str(pair.certificate), "client-key": str(pair.key)}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "reality", "cluster": cluster}],
            "users": [{"name": caller, "user": user}],
            "contexts": [{"name": "reality", "context": {"cluster": "reality", "user": caller}}],
            "current-context": "reality",
        }
        path = self.folder / f"{caller}.kubeconfig"
        path.write_text(json.dumps(config, indent=2))
        return path


@contextlib.contextmanager
def serve(settings: Settings | None = None) -> Iterator[ApiServer]:
    """Runs etcd and kube-apiserver on free loopback ports for as long as the block lasts."""
    built = binaries()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="keystone-reality-")))
        ports = [stack.enter_context(_reserved_port()) for _ in range(3)]
        server = _prepare(settings or Settings(), built, folder, ports[0])
        etcd = stack.enter_context(_running(_etcd_command(built, folder, *ports[1:]), folder / "etcd.log"))
        command = _apiserver_command(server, ports[0], ports[1])
        apiserver = stack.enter_context(_running(command, folder / "kube-apiserver.log"))
        _wait_until_ready(server, {"etcd": etcd, "kube-apiserver": apiserver})
        yield server


def _prepare(settings: Settings, built: Binaries, folder: Path, port: int) -> ApiServer:
    # K3s, too, signs server and client certificates by two authorities.
    serving, clients = Authority(folder, "server-ca"), Authority(folder, "client-ca")
    serving.server("kube-apiserver", ("127.0.0.1", "localhost", "kubernetes.default.svc", "10.43.0.1"))
    write_private(folder / "service.current.key", settings.signing_key)
    accepted = (settings.signing_key, *settings.further_keys)
    write_private(folder / "service.key", Secret("".join(key.reveal() for key in accepted)))
    users = {
        "admin": clients.client("system:admin", "system:masters"),
        "stranger": clients.client("stranger"),
    }
    return ApiServer(f"https://127.0.0.1:{port}", settings, built, folder, serving.certificate, users)


def _etcd_command(built: Binaries, folder: Path, client_port: int, peer_port: int) -> list[str]:
    client, peer = (f"http://127.0.0.1:{port}" for port in (client_port, peer_port))
    return [
        str(built.etcd),
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        "--socket-reuse-port=true",
        "--unsafe-no-fsync=true",
        "--log-level=warn",
    ]


def _apiserver_command(server: ApiServer, port: int, etcd_port: int) -> list[str]:
    """K3s's flags (k3s, pkg/daemons/control/server.go), less those for a kubelet and an aggregated API."""
    folder, settings = server.folder, server.settings
    return [
        str(server.binaries.kube_apiserver),
        f"--etcd-servers=http://127.0.0.1:{etcd_port}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        "--permit-port-sharing=true",
        "--advertise-address=127.0.0.1",
        f"--cert-dir={folder}",
        f"--tls-cert-file={folder / 'kube-apiserver.crt'}",
        f"--tls-private-key-file={folder / 'kube-apiserver.key'}",
        f"--client-ca-file={folder / 'client-ca.crt'}",
        "--anonymous-auth=false",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged=true",
        "--profiling=false",
        "--service-cluster-ip-range=10.43.0.0/16",
        "--service-node-port-range=30000-32767",
        f"--service-account-signing-key-file={folder / 'service.current.key'}",
        f"--service-account-key-file={folder / 'service.key'}",
        f"--api-audiences={','.join(settings.audiences)}",
        *(f"--service-account-issuer={issuer}" for issuer in settings.issuers),
        *([f"--service-account-jwks-uri={settings.jwks_uri}"] if settings.jwks_uri else []),
    ]


@contextlib.contextmanager
def _reserved_port() -> Iterator[int]:
    """A free port that nobody else is given meanwhile: it stays bound here, and the server shares it."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@contextlib.contextmanager
def _running(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    # Proxies are for what lies outside; these two talk to loopback only.
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    guarded = [sys.executable, guard.__file__, *command]
    with (
        log.open("wb") as file,
        subprocess.Popen(
            guarded, stdin=subprocess.PIPE, stdout=file, stderr=file, env=environment, start_new_session=True
        ) as process,
    ):
        yield process  # leaving the block closes the guard's input, which ends the server, and waits


def _wait_until_ready(server: ApiServer, processes: dict[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + START_SECONDS
    tls = urllib.request.HTTPSHandler(context=server.credentials("admin").tls)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), tls)
    while not _is_ready(opener, f"{server.url}/readyz"):
        for name, process in processes.items():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
                raise _start_failure(server, f"{name} ended with {process.returncode} before it was ready")
        if time.monotonic() > deadline:
            raise _start_failure(server, f"kube-apiserver was not ready within {START_SECONDS:.0f} s")


def _is_ready(opener: urllib.request.OpenerDirector, url: str) -> bool:
    try:
        with opener.open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        # Not listening yet, or 500 with the hooks that still run.
        return False


def _start_failure(server: ApiServer, what: str) -> KeystoneError:
    logs = sorted(server.folder.glob("*.log"))
    lines = (f"{log.name}: {line}" for log in logs for line in _tail(log))
    return KeystoneError("\n".join([what, *lines]), "the last lines above name the flag or port at fault")


def _tail(log: Path) -> list[str]:
    return log.read_text(errors="replace").splitlines()[-LOG_LINES:]
