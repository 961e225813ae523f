"""What a host's name resolves to, where the name decides about the way at all."""

from keystone_check.model.access import Access
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.web import Addresses
from keystone_check.probes.addresses import addresses

HOST = "oidc.keystone.example"


def test_what_the_sandbox_says_is_taken() -> None:
    access = Access("test", connect_to=((HOST, "127.0.0.1:1"),), resolved=((HOST, ("52.219.170.10",)),))
    assert addresses(HOST, access) == Addresses(HOST, ("52.219.170.10",))


def test_where_connect_to_says_where_to_go_no_name_is_resolved() -> None:
    found = addresses(HOST, Access("test", connect_to=((HOST, "127.0.0.1:1"),)))
    assert found == Absent(HOST, "connect_to says where to go; its name was not resolved")


def test_where_a_proxy_resolves_the_name_we_do_not() -> None:
    found = addresses(HOST, Access("test", proxy="http://127.0.0.1:1"))
    assert found == Absent(HOST, "the proxy of HTTPS_PROXY resolves its name")


def test_a_name_that_no_stranger_asks_for_is_not_resolved() -> None:
    found = addresses("kubernetes.default.svc", Access("test"))
    assert isinstance(found, Absent)
    assert found.because.startswith("no stranger asks for it, ")


def test_a_name_that_is_none_does_not_resolve() -> None:
    found = addresses(f"{'a' * 64}.example.com", Access("test"))
    assert isinstance(found, Missing)
    assert "does not resolve" in found.because
