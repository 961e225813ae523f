"""The emulator as a whole: a store, an administrator and a socket, for as long as it is entered."""

import socket
import traceback
from collections.abc import Callable, Container
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from keystone_check.model.cluster import ROLE_ARN, ServiceAccount
from keystone_check.model.owner import ARGO
from keystone_check.model.secret import Secret
from keystone_check.sandbox.kube import objects
from keystone_check.sandbox.kube.api import Api
from keystone_check.sandbox.kube.befalling import befallen
from keystone_check.sandbox.kube.identity import Permission, users
from keystone_check.sandbox.kube.kubeconfig import kubeconfig
from keystone_check.sandbox.kube.resources import NAMESPACES, SERVICE_ACCOUNTS
from keystone_check.sandbox.kube.routes import attributes
from keystone_check.sandbox.kube.state import KubeState, Peer, Tls
from keystone_check.sandbox.kube.status import panic
from keystone_check.sandbox.kube.store import Store
from keystone_check.sandbox.kube.transport import HttpServer
from keystone_check.sandbox.kube.wire import Answer, Object, Request
from keystone_check.sandbox.mishaps import Mishaps
from keystone_check.sandbox.pace import Pace

NAMESPACES_AT_START = ("default", "kube-node-lease", "kube-public", "kube-system")
ROLE_ANNOTATIONS = "eks.amazonaws.com/"


class KubeServer:
    """Serves a KubeState on a free port of 127.0.0.1 while it is entered."""

    def __init__(
        self,
        state: KubeState,
        tls: Tls,
        clock: Callable[[], int],
        denied: Container[Permission] = (),
        pace: Pace | None = None,
        mishaps: Mishaps | None = None,
    ) -> None:
        self.state = state
        self.crashes: list[str] = []
        """Faults of the emulator itself, without any value of the request."""
        self.asked: set[Permission] = set()
        """What requests needed: `list serviceaccounts`."""
        self._pace = pace or Pace()
        self._mishaps = mishaps or Mishaps()
        self._tls = tls
        self._clock = clock
        self._users = users(state.user, state.guests, denied)
        self._store = filled(state, clock())
        self._http: HttpServer | None = None
        self._others = ExitStack()
        self.peers: dict[str, str] = {}
        """By the address under which the cluster lists an API server, where it really answers."""

    def start(self) -> "KubeServer":
        """Binds the port and serves in a thread of its own."""
        self._http = self._serving(self.state)
        self.peers = {peer.address: self._peer(peer) for peer in self.state.peers}
        return self

    def _serving(self, state: KubeState) -> HttpServer:
        server = HttpServer(self._tls, self._clock)
        address = f"127.0.0.1:{server.server_port}"
        api = Api(state, self._store, self._users, self._clock, address)
        server.crashes = self.crashes
        server.start(lambda found: self._respond(api, found))
        return server

    def _peer(self, peer: Peer) -> str:
        if peer.discovery is None or peer.key_set is None:
            # Bound and never listening: the port refuses connections, and nobody else gets it.
            bound = self._others.enter_context(socket.socket())
            bound.bind(("127.0.0.1", 0))
            return f"127.0.0.1:{bound.getsockname()[1]}"
        server = self._serving(replace(self.state, discovery=peer.discovery, key_set=peer.key_set))
        self._others.callback(server.stop)
        return f"127.0.0.1:{server.server_port}"

    def stop(self) -> None:
        """Ends all connections and gives the ports back."""
        self._others.close()
        if self._http is not None:
            self._http.stop()
            self._http = None

    def __enter__(self) -> "KubeServer":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """`https://127.0.0.1:PORT`."""
        if self._http is None:
            raise RuntimeError("the server is not started")
        return f"https://127.0.0.1:{self._http.server_port}"

    @property
    def token(self) -> Secret:
        """The administrator's bearer token."""
        return self.token_of(self.state.user)

    def token_of(self, user: str) -> Secret:
        """The bearer token of the administrator or a guest."""
        return self._users.token_of(user)

    @property
    def kubeconfig(self) -> Secret:
        """A kubeconfig for the administrator: address, authority and token."""
        return kubeconfig(self.url, self._tls.authority, self.state.user, self.token)

    def accounts(self) -> tuple[ServiceAccount, ...]:
        """The service accounts as they stand now."""
        return tuple(_account(item.value) for item in self._store.list(SERVICE_ACCOUNTS))

    def _respond(self, api: Api, found: Request) -> Answer:
        self.asked.add(attributes(found).permission)
        self._pace.hold("cluster")
        try:
            return befallen(self._mishaps, found, api.answer)
        # Whatever breaks here is ours: the client is told as the API server tells it, tests read `crashes`.
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(frame.filename).name}:{frame.lineno}"
            self.crashes.append(f"{found.method} {found.path}: {type(error).__name__} at {place}")
            return panic().answer()


def filled(state: KubeState, now: int) -> Store:
    """A store with the state's accounts, their namespaces and every namespace's default account."""
    store = Store()
    bound = (account.namespace for account in state.accounts)
    seeded = (seed.namespace for seed in state.seeds if seed.namespace)
    namespaces = {*NAMESPACES_AT_START, *state.labels, *bound, *seeded}
    for name in sorted(namespaces):
        metadata: dict[str, Any] = {"name": name, "labels": dict(state.labels.get(name, {}))}
        metadata["annotations"] = dict(state.annotations.get(name, {}))
        store.create(NAMESPACES, objects.new(NAMESPACES, "", {"metadata": metadata}, now))
    given = {(account.namespace, account.name): account for account in state.accounts}
    for namespace, name in sorted({*given, *((namespace, "default") for namespace in namespaces)}):
        account = given.get((namespace, name))
        metadata = {"name": name}
        if account:
            metadata |= _of(account)
        value = {"metadata": metadata}
        uid = account.uid if account else ""
        store.create(SERVICE_ACCOUNTS, objects.new(SERVICE_ACCOUNTS, namespace, value, now, uid))
    for seed in state.seeds:
        created = seed.created or now
        new = objects.new(seed.resource, seed.namespace, seed.value, created, seed.uid)
        store.create(seed.resource, new)
    return store


def _of(account: ServiceAccount) -> dict[str, Any]:
    """The metadata that a service account brings with it."""
    tracked = {key: text for key, text in account.marks.items() if key in ANNOTATED}
    labels = {key: text for key, text in account.marks.items() if key not in ANNOTATED}
    fields = [_applied(manager, name) for name, manager in account.appliers.items()]
    written = [_written(account.annotated)] if account.annotated else []
    made = {
        "annotations": {**account.annotations, **tracked},
        "labels": labels,
        "managedFields": [*fields, *written],
    }
    return {name: value for name, value in made.items() if value}


ANNOTATED = frozenset(ARGO[:1])
"""Of the marks those that are annotations; the others are labels."""


def _applied(manager: str, annotation: str) -> dict[str, Any]:
    """That somebody owns an annotation by server-side apply."""
    return {
        "manager": manager,
        "operation": "Apply",
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:metadata": {"f:annotations": {f"f:{annotation}": {}}}},
    }


def _written(seconds: int) -> dict[str, Any]:
    """That kubectl wrote the role's annotation."""
    return {
        "manager": "kubectl-annotate",
        "operation": "Update",
        "apiVersion": "v1",
        "time": objects.timestamp(seconds),
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:metadata": {"f:annotations": {".": {}, f"f:{ROLE_ARN}": {}}}},
    }


def _account(value: Object) -> ServiceAccount:
    metadata = value["metadata"]
    annotations = metadata.get("annotations", {})
    kept = {key: text for key, text in annotations.items() if key.startswith(ROLE_ANNOTATIONS)}
    return ServiceAccount(metadata["namespace"], metadata["name"], metadata["uid"], kept)
