"""Order, duplicates and strangers of a chain, and certificates that are not the host's."""

from dataclasses import replace

import pytest

from keystone_check.iam.served_chain import in_order, intercepted, path, repeated, signed, strangers
from keystone_check.model.web import Certificate, Chain

LEAF = Certificate("1" * 40, "CN=leaf", "CN=lower", 0, 9)
LOWER = Certificate("2" * 40, "CN=lower", "CN=upper", 0, 9, is_ca=True)
UPPER = Certificate("3" * 40, "CN=upper", "CN=root", 0, 9, is_ca=True)
ROOT = Certificate("4" * 40, "CN=root", "CN=root", 0, 9, is_ca=True)
OTHER = Certificate("5" * 40, "CN=other", "CN=root", 0, 9, is_ca=True)


def served(*certificates: Certificate) -> Chain:
    return Chain("oidc.example.com", certificates, True, "", True)


@pytest.mark.parametrize(
    ("certificates", "ordered", "twice", "strange"),
    [
        ((LEAF,), True, (), ()),
        ((LEAF, LOWER, UPPER), True, (), ()),
        ((LEAF, LOWER, UPPER, ROOT), True, (), ()),
        ((LEAF, UPPER, LOWER), False, (), ()),
        ((LEAF, LOWER, LOWER), True, (LOWER,), ()),
        ((LEAF, OTHER, LOWER, UPPER), True, (), (OTHER,)),
        ((LEAF, UPPER), True, (), (UPPER,)),
        ((LEAF, UPPER, LOWER, UPPER, OTHER), False, (UPPER,), (OTHER,)),
        ((ROOT,), True, (), ()),
        ((), True, (), ()),
    ],
)
def test_each_flaw_is_told_apart(
    certificates: tuple[Certificate, ...],
    ordered: bool,
    twice: tuple[Certificate, ...],
    strange: tuple[Certificate, ...],
) -> None:
    chain = served(*certificates)
    assert (in_order(chain), repeated(chain), strangers(chain)) == (ordered, twice, strange)


def test_the_way_up_ends_at_a_root_that_signed_itself() -> None:
    assert path(served(LEAF, LOWER, UPPER, ROOT)) == (LEAF, LOWER, UPPER, ROOT)


def test_of_two_authorities_of_one_name_the_one_with_the_key_counts() -> None:
    lower = replace(LOWER, key_id="aa")
    assert not signed(replace(LEAF, authority_key_id="bb"), lower)
    assert signed(replace(LEAF, authority_key_id="aa"), lower)
    assert signed(LEAF, lower)


@pytest.mark.parametrize(
    ("host", "distrust", "by", "expected"),
    [
        ("b.s3.eu-central-1.amazonaws.com", "unable to get local issuer certificate", "proxy", True),
        ("d1.cloudfront.net", "self-signed certificate in certificate chain", "", True),
        ("b.s3.eu-central-1.amazonaws.com", "unable to get local issuer certificate", "connect_to", False),
        ("b.s3.eu-central-1.amazonaws.com", "certificate has expired", "", False),
        ("b.s3.eu-central-1.amazonaws.com", "", "", False),
        ("oidc.example.com", "unable to get local issuer certificate", "proxy", False),
        ("notamazonaws.com", "unable to get local issuer certificate", "", False),
    ],
)
def test_a_proxy_shows_by_an_unknown_authority_for_a_host_of_aws(
    host: str, distrust: str, by: str, expected: bool
) -> None:
    assert intercepted(Chain(host, (LEAF,), not distrust, distrust, True, by)) is expected
