"""Private keys in what is published."""

import json

import pytest

from keystone_check.iam.jwk import PRIVATE
from keystone_check.probes.redaction import LEFT_OUT, redacted

PUBLIC = {"kty": "RSA", "kid": "k", "use": "sig", "alg": "RS256", "n": "n" * 342, "e": "AQAB"}
VALUE = "cHJpdmF0ZXByaXZhdGU"


@pytest.mark.parametrize("name", [name for name in PRIVATE if name != "oth"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_private_member_keeps_its_name_alone(name: str, indent: int | None) -> None:
    key_set = {"keys": [{**PUBLIC, name: VALUE}]}
    wanted = {"keys": [{**PUBLIC, name: LEFT_OUT}]}
    assert redacted(json.dumps(key_set, indent=indent)) == json.dumps(wanted, indent=indent)


def test_further_primes_are_covered() -> None:
    others = {"keys": [{**PUBLIC, "oth": [{"r": VALUE, "d": VALUE, "t": VALUE}]}]}
    assert VALUE not in redacted(json.dumps(others))


@pytest.mark.parametrize(
    "text",
    [
        '{"keys": [{"kty": "RSA", "d": "' + VALUE,
        f"-----BEGIN RSA PRIVATE KEY-----\n{VALUE}\n-----END RSA PRIVATE KEY-----\n",
        f"-----BEGIN PRIVATE KEY-----\n{VALUE}",
    ],
)
def test_a_key_in_a_document_that_is_none_is_covered(text: str) -> None:
    assert VALUE not in redacted(text)


@pytest.mark.parametrize(
    "text", ["", "{", json.dumps({"keys": [PUBLIC]}), '{"issuer": "https://d", "d": 1, "x": "' + VALUE + '"}']
)
def test_everything_else_stays_byte_for_byte(text: str) -> None:
    assert redacted(text) == text


def test_what_was_covered_once_stays_as_it_is() -> None:
    once = redacted(json.dumps({"keys": [{**PUBLIC, "d": VALUE}]}))
    assert redacted(once) == once
