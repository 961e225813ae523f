"""Keys of the tests' own, and tokens put together part by part, so that a test can bend any of them."""

import json
from collections.abc import Callable, Mapping
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from keystone_check import jose
from keystone_check.iam.base64url import encoded
from keystone_check.iam.jwk import Jwk, KeySet, read_key_set

Signer = Callable[[bytes], bytes]
Part = Mapping[str, object] | bytes
CURVES: dict[str, ec.EllipticCurve] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
    "secp256k1": ec.SECP256K1(),
}


@cache
def private(name: str) -> jose.PrivateKey:
    """A key by name: a curve, or RSA of the bits that the name ends in, else of 2048."""
    curve = name.partition(" ")[0]
    if curve in CURVES:
        return ec.generate_private_key(CURVES[curve])
    bits = name.rpartition(" ")[2]
    return rsa.generate_private_key(65537, int(bits) if bits.isdecimal() else 2048)


def rsa_key(name: str = "RSA") -> rsa.RSAPrivateKey:
    key = private(name)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def ec_key(name: str) -> ec.EllipticCurvePrivateKey:
    key = private(name)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def members(name: str, **changes: object) -> dict[str, object]:
    """The JWK that Kubernetes publishes for a key; a member changed to None is left out."""
    changed = {**jose.public_jwk(private(name).public_key()), **changes}
    return {member: value for member, value in changed.items() if value is not None}


def jwk(name: str, **changes: object) -> Jwk:
    read = read_key_set(json.dumps({"keys": [members(name, **changes)]}))
    assert isinstance(read, KeySet)
    return read.keys[0]


def kid(name: str = "RSA") -> str:
    return jose.kid_of(private(name).public_key())


def pkcs1(name: str = "RSA", algorithm: hashes.HashAlgorithm | None = None) -> Signer:
    return lambda signed: rsa_key(name).sign(signed, padding.PKCS1v15(), algorithm or hashes.SHA256())


def compact(header: Part, claims: Part, signer: Signer | None = None) -> str:
    """A token of these parts, signed with the key RSA unless a signer is given."""
    signed = f"{_part(header)}.{_part(claims)}"
    return f"{signed}.{encoded((signer or pkcs1())(signed.encode()))}"


def _part(value: Part) -> str:
    return encoded(value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode())
