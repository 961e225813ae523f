"""Who could reach an address, and where it is looked for."""

import pytest

from keystone_check.model.access import Access
from keystone_check.probes.strangers import destination, host_key, obstacle

INNER = Access(
    "test", connect_to=(("kubernetes.default.svc", "127.0.0.1:8443"), ("six.example", "[::1]:8443"))
)


def test_an_inner_host_is_asked_only_where_the_way_is_given() -> None:
    assert obstacle("https://kubernetes.default.svc/x", Access("test"))
    assert not obstacle("https://kubernetes.default.svc/x", INNER)
    assert obstacle("https://kubernetes.default.svc:6443/x", INNER)
    assert obstacle("http://kubernetes.default.svc/x", INNER)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://Oidc.example.com/a", "oidc.example.com"),
        ("https://oidc.example.com:443", "oidc.example.com"),
        ("https://oidc.example.com:8443", "oidc.example.com:8443"),
        ("https://oidc.example.com:port", ""),
        ("nonsense", ""),
    ],
)
def test_a_chain_is_listed_by_host_and_unusual_port(url: str, key: str) -> None:
    assert host_key(url) == key


def test_a_way_is_given_for_port_443_only() -> None:
    assert destination("kubernetes.default.svc", 443, INNER) == ("127.0.0.1", 8443)
    assert destination("kubernetes.default.svc", 444, INNER) == ("kubernetes.default.svc", 444)
    assert destination("six.example", 443, INNER) == ("::1", 8443)
    assert destination("other.example", 443, INNER) == ("other.example", 443)
