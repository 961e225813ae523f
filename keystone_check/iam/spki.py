"""A public key in its DER form (RFC 5280, SubjectPublicKeyInfo), and the kid that Kubernetes makes of it."""

import hashlib

from keystone_check.iam.base64url import decoded, encoded
from keystone_check.iam.jwk import Jwk

_RSA = bytes.fromhex("300d06092a864886f70d0101010500")
"""rsaEncryption with no parameters (RFC 8017, appendix C)."""
_CURVE = {
    "P-256": bytes.fromhex("301306072a8648ce3d020106082a8648ce3d030107"),
    "P-384": bytes.fromhex("301006072a8648ce3d020106052b81040022"),
    "P-521": bytes.fromhex("301006072a8648ce3d020106052b81040023"),
}
"""id-ecPublicKey with the curve's name (RFC 5480)."""


def kid(key: Jwk) -> str:
    """SHA-256 over the DER form, base64url (Kubernetes, pkg/serviceaccount/jwt.go); empty for no key."""
    der = _der(key)
    return encoded(hashlib.sha256(der).digest()) if der else ""


def _der(key: Jwk) -> bytes:
    if key.flaws:
        return b""
    if key.kty == "RSA":
        numbers = _integer(key.members["n"]) + _integer(key.members["e"])
        return _sequence(_RSA + _bits(_sequence(numbers)))
    points = [decoded(key.members[name]) or b"" for name in ("x", "y")]
    return _sequence(_CURVE[str(key.members["crv"])] + _bits(b"\x04" + b"".join(points)))


def _integer(value: object) -> bytes:
    number = int.from_bytes(decoded(value) or b"")
    return _tagged(0x02, number.to_bytes(number.bit_length() // 8 + 1))


def _bits(content: bytes) -> bytes:
    return _tagged(0x03, b"\x00" + content)


def _sequence(content: bytes) -> bytes:
    return _tagged(0x30, content)


def _tagged(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + content
