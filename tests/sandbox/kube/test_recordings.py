"""The emulator answers every recorded question as the real API server did, but for what is listed here."""

import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from keystone_check import jose
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.kube.server import KubeServer
from keystone_check.sandbox.kube.state import Document, KubeState, Signer, Tls
from tests.reality.apiserver import Settings
from tests.reality.asking import Case, set_up
from tests.reality.cases import CASES
from tests.reality.record import load, recording
from tests.reality.wire import Credentials
from tests.sandbox.kube.conftest import NOW

NO_ECHO = "the refused body is not repeated in the refusal: it may hold a token"
BUILT = "commit and state of the tree are those of another build"
FEWER = "some resources and forms are not served"
PASSWORDLESS = "the recorded users came with certificates, ours come with tokens"
CONTROLLER = "a cluster's controllers, which the recorded server ran without, make default accounts"

DIFFERENT = {
    ("account_refused", 4): NO_ECHO,
    ("accounts_paged", 0): CONTROLLER,
    ("accounts_paged", 1): CONTROLLER,
    ("accounts_read", 2): CONTROLLER,
    ("accounts_read", 3): CONTROLLER,
    ("groups", 2): FEWER,
    ("list_kinds", 1): CONTROLLER,
    ("methods", 3): FEWER,
    ("self_subject_review", 0): PASSWORDLESS,
    ("self_subject_review", 1): PASSWORDLESS,
    ("tables", 0): CONTROLLER,
    ("token_bodies", 1): NO_ECHO,
    ("token_bodies", 2): NO_ECHO,
    ("version", 0): BUILT,
    ("version", 1): BUILT,
}


@dataclass(frozen=True)
class Told:
    """The emulator in the form in which stories are told to a server."""

    kube: KubeServer
    authority: str

    @property
    def url(self) -> str:
        return self.kube.url

    def credentials(self, caller: str) -> Credentials:
        context = ssl.create_default_context(cadata=self.authority)
        users = {"admin": self.kube.state.user, "stranger": "stranger"}
        return Credentials(context, self.kube.token_of(users[caller]) if caller in users else None)


@pytest.fixture(scope="module")
def told(ground: Ground) -> Iterator[Told]:
    settings = Settings()
    key = ground.signing_key
    document = load("discovery")["exchanges"][0]["answer"]["body"]
    keys = {"keys": [jose.public_jwk(key.public_key())]}
    state = KubeState(
        version=load("version")["exchanges"][0]["answer"]["body"]["gitVersion"],
        discovery=Document(json.dumps(document), "application/json"),
        key_set=Document(json.dumps(keys), "application/jwk-set+json"),
        signer=Signer(settings.issuers[0], key, "kid"),
        api_audiences=settings.audiences,
        guests=("stranger",),
    )
    tls = Tls(ground.api.chain_pem, ground.api.key_pem, ground.root_pem)
    with KubeServer(state, tls, lambda: NOW) as kube:
        server = Told(kube, ground.root_pem.decode())
        set_up(server)
        yield server
        assert kube.crashes == []


def undescribed(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer without the prose of a table's columns, which is not ours to copy."""
    body = answer["body"]
    if not isinstance(body, dict) or body.get("kind") != "Table":
        return answer
    columns = [{**column, "description": ""} for column in body["columnDefinitions"]]
    return {**answer, "body": {**body, "columnDefinitions": columns}}


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_answers_as_the_real_api_server_answered(told: Told, case: Case) -> None:
    pairs = zip(recording(told, case)["exchanges"], load(case.name)["exchanges"], strict=True)
    for index, (ours, theirs) in enumerate(pairs):
        same = undescribed(ours["answer"]) == undescribed(theirs["answer"])
        if (case.name, index) in DIFFERENT:
            assert not same, f"{case.name} {index} is the same by now: take it off the list"
        else:
            assert undescribed(ours["answer"]) == undescribed(theirs["answer"]), ours["request"]
