"""The emulated webhook makes of pods what the real one was recorded to make."""

import base64
from collections.abc import Iterator

import pytest

from keystone_check.sandbox.authorities import OWN
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.kube.resources import ENDPOINT_SLICES, SERVICES, WEBHOOKS
from keystone_check.sandbox.kube.server import KubeServer
from keystone_check.sandbox.kube.state import Document, KubeState, Seed, Signer, Tls
from tests.reality.admission import Endpoint, webhook
from tests.reality.apiserver import Settings
from tests.reality.asking import Case, set_up
from tests.reality.cases import INJECTIONS
from tests.reality.record import load, recording
from tests.sandbox.kube.conftest import NOW
from tests.sandbox.kube.test_recordings import Told

NAME = "pod-identity-webhook"
SERVICE = {"namespace": NAME, "name": NAME, "path": "/mutate", "port": 443}
REGISTERED = webhook(Endpoint("", b"")) | {
    "clientConfig": {"service": SERVICE, "caBundle": base64.b64encode(OWN.encode()).decode()}
}
SLICE = {
    "metadata": {"name": "webhook-1", "labels": {"kubernetes.io/service-name": NAME}},
    "addressType": "IPv4",
    "endpoints": [{"addresses": ["10.42.0.10"], "conditions": {"ready": True}}],
}
SEEDS = (
    Seed(WEBHOOKS, "", {"metadata": {"name": NAME}, "webhooks": [REGISTERED]}),
    Seed(SERVICES, NAME, {"metadata": {"name": NAME}, "spec": {"ports": [{"port": 443}]}}),
    Seed(ENDPOINT_SLICES, NAME, SLICE),
)


@pytest.fixture(scope="module")
def told(ground: Ground) -> Iterator[Told]:
    settings = Settings()
    state = KubeState(
        version="v1.36.3",
        discovery=Document("{}", "application/json"),
        key_set=Document("{}", "application/jwk-set+json"),
        signer=Signer(settings.issuers[0], ground.signing_key, "kid"),
        api_audiences=settings.audiences,
        guests=("stranger",),
        seeds=SEEDS,
    )
    tls = Tls(ground.api.chain_pem, ground.api.key_pem, ground.root_pem)
    with KubeServer(state, tls, lambda: NOW) as kube:
        server = Told(kube, ground.root_pem.decode())
        set_up(server)
        yield server
        assert kube.crashes == []


@pytest.mark.parametrize("case", INJECTIONS, ids=[case.name for case in INJECTIONS])
def test_makes_of_pods_what_the_real_webhook_made(told: Told, case: Case) -> None:
    pairs = zip(recording(told, case)["exchanges"], load(case.name)["exchanges"], strict=True)
    for ours, theirs in pairs:
        assert ours["answer"] == theirs["answer"], ours["request"]
