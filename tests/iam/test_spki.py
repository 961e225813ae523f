"""The kid that Kubernetes' signer gives a key, from the key's members alone."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from keystone_check import jose
from keystone_check.iam import spki
from keystone_check.iam.jwk import KeySet, read_key_set

KEYS: dict[str, jose.PrivateKey] = {
    "RSA 2048": rsa.generate_private_key(65537, 2048),
    "RSA 1024": rsa.generate_private_key(3, 1024),
    "P-256": ec.generate_private_key(ec.SECP256R1()),
    "P-384": ec.generate_private_key(ec.SECP384R1()),
    "P-521": ec.generate_private_key(ec.SECP521R1()),
}


@pytest.mark.parametrize("name", KEYS)
def test_the_kid_is_the_one_that_cryptography_comes_to(name: str) -> None:
    public = KEYS[name].public_key()
    read = read_key_set(json.dumps({"keys": [jose.public_jwk(public)]}))
    assert isinstance(read, KeySet)
    assert spki.kid(read.keys[0]) == jose.kid_of(public)


def test_what_is_no_key_has_no_kid() -> None:
    read = read_key_set('{"keys": [{"kty": "RSA", "n": "AQAB"}]}')
    assert isinstance(read, KeySet)
    assert spki.kid(read.keys[0]) == ""
