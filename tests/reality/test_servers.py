"""What is asked of a cluster about its API servers: where they are, how they were started, their keys."""

import ssl
from collections.abc import Iterator

import pytest
from cryptography import x509

from keystone_check.model.access import Access
from keystone_check.model.facts import Subjects
from keystone_check.probes import servers
from keystone_check.probes.gather import gather
from keystone_check.probes.kube import Kube
from tests.reality.apiserver import ApiServer, Settings, serve
from tests.reality.asking import ACCESS, KEYS, REVIEWS, TOKEN
from tests.reality.build import Binaries
from tests.reality.furnishing import NOWHERE, tell_arguments
from tests.reality.wire import Json, ask

pytestmark = pytest.mark.reality


@pytest.fixture(scope="module")
def advertised(built: Binaries) -> Iterator[ApiServer]:
    with serve(Settings(advertised=NOWHERE)) as server:
        yield server


def listed(server: ApiServer) -> Json:
    answer = ask(server, "GET", servers.SLICE)
    return [endpoint["addresses"] for endpoint in answer.body.get("endpoints", ())]


def key_ids(server: ApiServer) -> set[str]:
    return {key["kid"] for key in ask(server, "GET", KEYS).body["keys"]}


def test_a_server_lists_itself_under_the_address_that_it_advertises(advertised: ApiServer) -> None:
    assert listed(advertised) == [[NOWHERE]]


def test_the_only_server_is_a_fact_and_is_not_asked_twice(advertised: ApiServer) -> None:
    found = servers.servers(Kube(Access("reality", kubeconfig=str(advertised.kubeconfig()))))
    assert isinstance(found, Subjects)
    ((address, fact),) = found
    assert address.startswith(f"{NOWHERE}:")
    assert fact == servers.only(address)


def test_the_certificate_is_good_for_the_address_that_is_advertised(advertised: ApiServer) -> None:
    pem = (advertised.folder / "kube-apiserver.crt").read_bytes()
    names = x509.load_pem_x509_certificate(pem).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    addresses = {str(address) for address in names.value.get_values_for_type(x509.IPAddress)}
    assert {NOWHERE, "127.0.0.1"} <= addresses


def test_a_server_that_advertises_loopback_is_not_listed(apiserver: ApiServer) -> None:
    assert ask(apiserver, "GET", servers.SLICE).status == 404


def test_an_endpoint_on_loopback_is_refused(apiserver: ApiServer) -> None:
    slices = "/apis/discovery.k8s.io/v1/namespaces/keystone/endpointslices"
    body = {"metadata": {"name": "own"}, "addressType": "IPv4", "endpoints": [{"addresses": ["127.0.0.1"]}]}
    answer = ask(apiserver, "POST", slices, body)
    assert answer.status == 422
    assert "may not be in the loopback range (127.0.0.0/8, ::1/128)" in answer.body["message"]


def test_a_node_tells_how_k3s_started_its_server(advertised: ApiServer) -> None:
    access = Access("reality", kubeconfig=str(advertised.kubeconfig()))
    tell_arguments(Kube(access), advertised.settings)
    found = gather(access, frozenset({"server_arguments"})).server_arguments
    assert isinstance(found, Subjects)
    ((_, arguments),) = found.seen()
    assert arguments.written == tuple(
        f"service-account-issuer={issuer}" for issuer in advertised.settings.issuers
    )


def test_who_may_read_the_documents_is_asked_of_the_server(advertised: ApiServer) -> None:
    found = servers.discovery_access(Kube(Access("reality", kubeconfig=str(advertised.kubeconfig()))))
    assert dict(found.seen()) == dict.fromkeys(servers.DOCUMENTS, True)


@pytest.mark.parametrize(
    ("group", "allowed"), [("system:serviceaccounts", True), ("system:unauthenticated", False)]
)
def test_access_is_reviewed_for_somebody_else(apiserver: ApiServer, group: str, allowed: bool) -> None:
    spec = {"groups": [group], "nonResourceAttributes": {"verb": "get", "path": KEYS}}
    answer = ask(apiserver, "POST", f"{ACCESS}/subjectaccessreviews", {"spec": spec})
    assert answer.body["status"]["allowed"] is allowed


def test_two_servers_share_their_objects_and_publish_a_key_each(
    apiserver: ApiServer, second_apiserver: ApiServer
) -> None:
    path = "/api/v1/namespaces/keystone"
    assert ask(apiserver, "GET", path).body["metadata"] == ask(second_apiserver, "GET", path).body["metadata"]
    assert not key_ids(apiserver) & key_ids(second_apiserver)


def test_a_token_of_one_server_is_none_to_another_with_other_keys(
    apiserver: ApiServer, second_apiserver: ApiServer
) -> None:
    token = ask(second_apiserver, "POST", TOKEN, {}).body["status"]["token"]
    review = {"spec": {"token": token}}
    answers = [ask(it, "POST", f"{REVIEWS}/tokenreviews", review) for it in (second_apiserver, apiserver)]
    assert [it.body["status"].get("authenticated", False) for it in answers] == [True, False]


def test_both_servers_have_certificates_of_one_authority(second_apiserver: ApiServer) -> None:
    assert second_apiserver.credentials("admin").tls.verify_mode is ssl.CERT_REQUIRED
    assert ask(second_apiserver, "GET", "/readyz").status == 200
