"""Certificates as served, from real handshakes."""

import hashlib
import ssl
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from keystone_check.model.access import Access
from keystone_check.model.facts import Missing
from keystone_check.model.web import Chain
from keystone_check.probes.limits import NO_WAY
from keystone_check.probes.tls import chain
from keystone_check.sandbox.ground import Ground
from tests.probes.conftest import HOST, towards
from tests.probes.servers import Answer, Reply, Server

Start = Callable[..., Server]


def seen(found: Chain | Missing) -> Chain:
    assert isinstance(found, Chain)
    return found


def ok(_: object) -> Reply:
    return Reply()


def test_the_chain_is_listed_as_served_leaf_first(web: Start, ground: Ground) -> None:
    found = seen(chain(HOST, towards(web(ok))))
    served = [hashlib.sha1(item.public_bytes(Encoding.DER)).hexdigest() for item in ground.web.chain]
    assert [certificate.sha1 for certificate in found.certificates] == served
    assert found.host == HOST


def test_a_private_authority_is_not_trusted_in_openssls_words(web: Start) -> None:
    found = seen(chain(HOST, towards(web(ok))))
    assert (found.publicly_trusted, found.distrust) == (False, "unable to get local issuer certificate")


@pytest.mark.parametrize(
    ("least", "accepted"), [(ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, False)]
)
def test_whether_tls12_suffices_is_tried(web: Start, least: ssl.TLSVersion, accepted: bool) -> None:
    assert seen(chain(HOST, towards(web(ok, least)))).tls12 is accepted


def test_a_host_that_does_not_speak_tls_has_no_chain(plain: Callable[[Answer], Server]) -> None:
    found = chain(HOST, towards(plain(ok)))
    assert isinstance(found, Missing)
    assert found.because.startswith(f"TLS with {HOST}: ")


def test_a_host_that_is_not_there_has_no_chain(unused_port: int) -> None:
    found = chain(HOST, Access("test", connect_to=((HOST, f"127.0.0.1:{unused_port}"),)))
    assert found == Missing(HOST, f"TLS with {HOST}: no connection: Connection refused; {NO_WAY}")


def test_a_host_inside_the_network_is_not_asked() -> None:
    found = chain("kubernetes.default.svc", Access("test"))
    assert isinstance(found, Missing)
    assert "it was not asked" in found.because
