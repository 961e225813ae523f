"""A real kube-apiserver with etcd behind it, started the way K3s starts its own."""

import contextlib
import ipaddress
import json
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from keystone_check.model.secret import Secret
from tests.reality.build import Binaries, binaries
from tests.reality.certificates import Authority, Pair, rsa_key, write_private
from tests.reality.processes import require_running, reserved_port, running, start_failure
from tests.reality.wire import Credentials

START_SECONDS = 90.0
SLICE = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes"


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
    advertised: str = "127.0.0.1"
    """The address under which the server lists itself. Kubernetes takes none of loopback into an
    EndpointSlice, so with the default there is no `default/kubernetes`; nobody listens on another."""


@dataclass(frozen=True, slots=True)
class ApiServer:
    """A running API server."""

    url: str
    settings: Settings
    binaries: Binaries
    folder: Path
    """Certificates, keys, kubeconfigs and logs; removed when the server ends."""
    serving: Authority
    """Signed the server's certificate."""
    client_authority: Path
    """The certificate of the authority that signed the clients'."""
    clients: dict[str, Pair]
    """`admin`, who may do everything, and `stranger`, who has no right at all."""
    etcd: str
    """The address of its etcd."""

    @property
    def authority(self) -> Path:
        """The certificate of the authority that signed the server's."""
        return self.serving.certificate

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
        ports = [stack.enter_context(reserved_port()) for _ in range(3)]
        server = _prepare(settings or Settings(), built, folder, *ports[:2])
        etcd = stack.enter_context(running(_etcd_command(built, folder, *ports[1:]), folder / "etcd.log"))
        apiserver = stack.enter_context(_started(server))
        _wait_until_ready(server, {"etcd": etcd, "kube-apiserver": apiserver})
        yield server


@contextlib.contextmanager
def serve_beside(first: ApiServer, settings: Settings) -> Iterator[ApiServer]:
    """Runs one more kube-apiserver on the first one's etcd, for the same clients, with its own settings."""
    with tempfile.TemporaryDirectory(prefix="beside-", dir=first.folder) as name, reserved_port() as port:
        folder = Path(name)
        url = f"https://127.0.0.1:{port}"
        _write_pairs(folder, first.serving, settings)
        server = replace(first, url=url, settings=settings, folder=folder)
        with _started(server) as apiserver:
            _wait_until_ready(server, {"kube-apiserver": apiserver})
            yield server


def _prepare(settings: Settings, built: Binaries, folder: Path, port: int, etcd_port: int) -> ApiServer:
    # K3s, too, signs server and client certificates by two authorities.
    serving, clients = Authority(folder, "server-ca"), Authority(folder, "client-ca")
    _write_pairs(folder, serving, settings)
    users = {
        "admin": clients.client("system:admin", "system:masters"),
        "stranger": clients.client("stranger"),
    }
    url, etcd = f"https://127.0.0.1:{port}", f"http://127.0.0.1:{etcd_port}"
    return ApiServer(url, settings, built, folder, serving, clients.certificate, users, etcd)


def _write_pairs(folder: Path, serving: Authority, settings: Settings) -> None:
    hosts = ("127.0.0.1", "localhost", "kubernetes.default.svc", "10.43.0.1", settings.advertised)
    serving.server("kube-apiserver", tuple(dict.fromkeys(hosts)), folder)
    write_private(folder / "service.current.key", settings.signing_key)
    accepted = (settings.signing_key, *settings.further_keys)
    write_private(folder / "service.key", Secret("".join(key.reveal() for key in accepted)))


def _started(server: ApiServer) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    return running(_apiserver_command(server), server.folder / "kube-apiserver.log")


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


def _apiserver_command(server: ApiServer) -> list[str]:
    """K3s's flags (k3s, pkg/daemons/control/server.go), less those for a kubelet and an aggregated API."""
    folder, settings = server.folder, server.settings
    return [
        str(server.binaries.kube_apiserver),
        f"--etcd-servers={server.etcd}",
        "--bind-address=127.0.0.1",
        f"--secure-port={urlsplit(server.url).port}",
        "--permit-port-sharing=true",
        f"--advertise-address={settings.advertised}",
        f"--cert-dir={folder}",
        f"--tls-cert-file={folder / 'kube-apiserver.crt'}",
        f"--tls-private-key-file={folder / 'kube-apiserver.key'}",
        f"--client-ca-file={server.client_authority}",
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


def _wait_until_ready(server: ApiServer, processes: dict[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + START_SECONDS
    tls = urllib.request.HTTPSHandler(context=server.credentials("admin").tls)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), tls)
    while not all(_is_there(opener, f"{server.url}{path}") for path in _signs(server)):
        require_running(processes, server.folder)
        if time.monotonic() > deadline:
            raise start_failure(server.folder, f"kube-apiserver was not ready within {START_SECONDS:.0f} s")


def _signs(server: ApiServer) -> tuple[str, ...]:
    """What is there once the server is ready; it lists itself a moment later, if it can at all."""
    listed = not ipaddress.ip_address(server.settings.advertised).is_loopback
    return ("/readyz", *([SLICE] if listed else []))


def _is_there(opener: urllib.request.OpenerDirector, url: str) -> bool:
    try:
        with opener.open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        # Not listening yet, or 500 with the hooks that still run.
        return False
