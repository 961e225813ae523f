"""Key sets that are bent, and tokens that profit from it."""

import hashlib
import json
from collections.abc import Iterator

from keystone_check.iam.base64url import encoded
from keystone_check.iam.sts_answers import Step
from tests.forged.forgery import UNDECIDED, Forgery, bent, elliptic, header, honest, key_set
from tests.forged.signatures import raw_signer
from tests.tokens import kid, members, pkcs1, rsa_key

DIGEST = bytes.fromhex("3031300d060960864801650304020105000420")
"""ASN.1 before a SHA-256 digest (RFC 8017, section 9.2)."""


def table() -> Iterator[tuple[str, Forgery]]:
    for name, text in _documents().items():
        yield f"keys: {name}", Forgery(honest(), Step.KEYS, text)
    for name, changes in CHANGES.items():
        yield f"key: {name}", Forgery(honest(), Step.KEYS, key_set(members("RSA", **changes)))
    yield (
        "key: another under the same kid",
        Forgery(honest(), Step.SIGNATURE, key_set(members("RSA other", kid=kid()))),
    )
    both = key_set(members("RSA"), members("RSA other", kid=kid()))
    yield "keys: two under one kid", Forgery(honest(), UNDECIDED, both)
    other_type = key_set(members("P-256", kid=kid()))
    yield "key: another type under the same kid", Forgery(honest(), Step.KEYS, other_type)
    symmetric = {"kty": "oct", "kid": kid(), "k": encoded(bytes(32))}
    yield "key: a secret under the same kid", Forgery(honest(), Step.KEYS, key_set(symmetric))
    many = key_set(members("RSA"), *(members("RSA other", kid=f"k{number}") for number in range(200)))
    yield "keys: 201 of RSA", Forgery(honest(), Step.KEYS, many)
    yield from _weak()
    yield from _points()


CHANGES: dict[str, dict[str, object]] = {
    "no kid": {"kid": None},
    "an empty kid": {"kid": ""},
    "a kid that is a number": {"kid": 7},
    "for encryption": {"use": "enc"},
    "a use in another case": {"use": "SIG"},
    "a use that is a list": {"use": ["sig"]},
    "of another algorithm": {"alg": "RS512"},
    "of PS256": {"alg": "PS256"},
    "of HS256": {"alg": "HS256"},
    "of no algorithm": {"alg": "none"},
    "an algorithm that is a number": {"alg": 256},
    "for signing only": {"key_ops": ["sign"]},
    "for nothing": {"key_ops": []},
    "operations that are a string": {"key_ops": "verify"},
    "of an unknown type": {"kty": "RSAX"},
    "of a type in another case": {"kty": "rsa"},
    "said to be elliptic": {"kty": "EC", "crv": "P-256"},
    "said to be Edwards": {"kty": "OKP", "crv": "Ed25519"},
    "without n": {"n": None},
    "without e": {"e": None},
    "an empty n": {"n": ""},
    "n is a number": {"n": 7},
    "e is a number": {"e": 65537},
    "e with padding": {"e": "AQAB===="},
    "e in plain base64": {"e": "AQ+B"},
    "e is one": {"e": "AQ"},
    "e is even": {"e": "Ag"},
    "e is zero": {"e": "AA"},
    "n is zero": {"n": "AA"},
}


def _documents() -> dict[str, str]:
    good = key_set(members("RSA"))
    return {
        "none": key_set(),
        "no key of that kid": key_set(members("RSA other")),
        "no list": "{}",
        "an object in place of the list": json.dumps({"keys": members("RSA")}),
        "a list in place of the object": json.dumps([members("RSA")]),
        "a key alone": json.dumps(members("RSA")),
        "a key that is a string": '{"keys": ["RSA"]}',
        "a key without its type": key_set(members("RSA", kty=None)),
        "null": "null",
        "empty": " \n",
        "HTML": "<!doctype html><html></html>",
        "an error of S3": "<Error><Code>AccessDenied</Code></Error>",
        "a name twice": good.replace('"kid"', '"kid": "x", "kid"'),
        "keys twice": good[:-1] + ', "keys": []}',
        "cut": good[: len(good) // 2],
        "a byte order mark": "\ufeff" + good,
        "NaN": good[:-1] + ', "a": NaN}',
        "nested 1000 deep": good[:-1] + ', "a": ' + "[" * 1000 + "]" * 1000 + "}",
        "text behind it": good + good,
    }


def _weak() -> Iterator[tuple[str, Forgery]]:
    small = "RSA of 1024"
    token = bent(header(kid=kid(small)), signer=pkcs1(small))
    yield "key: RSA of 1024 bits", Forgery(token, UNDECIDED, key_set(members(small)))
    # Whoever publishes e = 1 lets everybody sign: the padded digest is its own signature.
    yield (
        "key: e is one, and everybody's signature",
        Forgery(bent(signer=_padded), Step.KEYS, key_set(members("RSA", e="AQ"))),
    )
    huge = encoded((rsa_key().public_key().public_numbers().n | 1 << 16_383).to_bytes(2048))
    yield "key: RSA of 16384 bits", Forgery(honest(), UNDECIDED, key_set(members("RSA", n=huge)))
    long = encoded(((1 << 2000) + 1).to_bytes(251))
    yield "key: an exponent of 2000 bits", Forgery(honest(), UNDECIDED, key_set(members("RSA", e=long)))


def _padded(signed: bytes) -> bytes:
    digest = DIGEST + hashlib.sha256(signed).digest()
    return b"\0\1" + b"\xff" * (256 - 3 - len(digest)) + b"\0" + digest


def _points() -> Iterator[tuple[str, Forgery]]:
    name = "P-256"
    good = members(name)
    token = elliptic(name, raw_signer())
    zero = encoded(bytes(32))
    bends: tuple[tuple[str, dict[str, object], Step], ...] = (
        ("x and y exchanged", {"x": good["y"], "y": good["x"]}, Step.SIGNATURE),
        ("the point (0, 0)", {"x": zero, "y": zero}, Step.SIGNATURE),
        ("the curve P-384", {"crv": "P-384"}, Step.KEYS),
        ("the curve secp256k1", {"crv": "secp256k1"}, Step.KEYS),
        ("no curve", {"crv": None}, Step.KEYS),
        ("x with a zero before it", {"x": "AA" + str(good["x"])}, Step.KEYS),
        ("x a byte shorter", {"x": encoded(bytes(31))}, Step.KEYS),
        ("without y", {"y": None}, Step.KEYS),
        ("x larger than the field", {"x": encoded(b"\xff" * 32)}, Step.SIGNATURE),
    )
    for what, changes, step in bends:
        yield f"elliptic key: {what}", Forgery(token, step, key_set(_without(good, changes)))


def _without(good: dict[str, object], changes: dict[str, object]) -> dict[str, object]:
    return {member: value for member, value in {**good, **changes}.items() if value is not None}
