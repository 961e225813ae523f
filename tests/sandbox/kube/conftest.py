"""An emulator to ask: without a socket for most tests, over TLS for those about the wire."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from keystone_check.model.cluster import ROLE_ARN, ServiceAccount
from keystone_check.model.secret import Secret
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.kube.api import Api
from keystone_check.sandbox.kube.identity import users
from keystone_check.sandbox.kube.server import KubeServer, filled
from keystone_check.sandbox.kube.state import Document, KubeState, Signer, Tls
from keystone_check.sandbox.kube.wire import request

NOW = 1_795_478_627
ISSUER = "https://oidc.example.com/cluster"
AUDIENCES = ("https://kubernetes.default.svc.cluster.local", "k3s")
UID = "8bdf2f83-fefe-4bde-9ba8-f058f1fd9113"
ROLE = "arn:aws:iam::111122223333:role/api"


@pytest.fixture(scope="session")
def ground() -> Ground:
    return Ground.make()


@pytest.fixture
def state(ground: Ground) -> KubeState:
    return KubeState(
        version="v1.36.3+k3s1",
        discovery=Document('{"issuer":"https://oidc.example.com/cluster"}', "application/json"),
        key_set=Document('{"keys":[]}', "application/jwk-set+json"),
        signer=Signer(ISSUER, ground.signing_key, "the-kid"),
        api_audiences=AUDIENCES,
        accounts=(ServiceAccount("apps", "api", UID, {ROLE_ARN: ROLE}),),
    )


@pytest.fixture
def tls(ground: Ground) -> Tls:
    return Tls(ground.api.chain_pem, ground.api.key_pem, ground.root_pem)


@dataclass
class Asker:
    """Sends requests as one user, to an API whose clock can be turned."""

    api: Api
    token: Secret

    def answer(self, method: str, target: str, body: object = None, **headers: str) -> Any:
        """The status, the headers and the parsed body of an answer."""
        sent = {"authorization": f"Bearer {self.token.reveal()}", "content-type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.api.answer(request(method, target, sent, data))

    def ask(self, method: str, target: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """The status and the parsed body of an answer."""
        found = self.answer(method, target, body, **headers)
        return found.status, json.loads(found.body)

    def by(self, token: str) -> "Asker":
        """The same API, asked with another token."""
        return Asker(self.api, Secret(token))

    def minted(self, spec: object, account: str = "apps/api") -> str:
        """A token, or the assertion that there was none."""
        namespace, _, name = account.partition("/")
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token"
        status, body = self.ask("POST", path, {"spec": spec})
        assert status == 201, body["message"]
        return str(body["status"]["token"])


def asker(state: KubeState, *denied: str, now: int = NOW, store: Any = None) -> Asker:
    """A new API for a state, asked by its administrator."""
    known = users(state.user, state.guests, denied)
    api = Api(state, store or filled(state, NOW), known, lambda: now, "127.0.0.1:6443")
    return Asker(api, known.token_of(state.user))


@pytest.fixture
def admin(state: KubeState) -> Asker:
    return asker(state)


@pytest.fixture
def server(state: KubeState, tls: Tls) -> Iterator[KubeServer]:
    with KubeServer(state, tls, lambda: NOW) as running:
        yield running
        assert running.crashes == []
