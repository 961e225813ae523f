"""Signatures that are nearly right, of the right key and the right algorithm."""

from collections.abc import Callable, Iterator
from functools import partial

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from keystone_check.iam.sts_answers import Step
from tests.forged.forgery import Forgery, bent, elliptic
from tests.tokens import Signer, ec_key, pkcs1, rsa_key

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256 (SEC 2, section 2.4.2)."""
BYTES = 32


def table() -> Iterator[tuple[str, Forgery]]:
    for name, bend in RSA.items():
        yield f"RS256: {name}", Forgery(bent(signer=_after(pkcs1(), bend)), Step.SIGNATURE)
    yield "RS256: of the SHA-1 digest", Forgery(bent(signer=pkcs1(algorithm=hashes.SHA1())), Step.SIGNATURE)
    yield (
        "RS256: of the SHA-512 digest",
        Forgery(bent(signer=pkcs1(algorithm=hashes.SHA512())), Step.SIGNATURE),
    )
    yield (
        "RS256: of other claims",
        Forgery(bent(signer=lambda signed: pkcs1()(signed + b"A")), Step.SIGNATURE),
    )
    yield "RS256: nothing", Forgery(bent(signer=lambda signed: b""), Step.FORM)
    for name, bend_pair in PAIRS.items():
        yield f"ES256: {name}", Forgery(elliptic("P-256", raw_signer(bend_pair)), Step.SIGNATURE)
    yield "ES256: in DER", Forgery(elliptic("P-256", _der), Step.SIGNATURE)
    for name, bend in RAW.items():
        forged = elliptic("P-256", _after(raw_signer(), bend))
        yield f"ES256: {name}", Forgery(forged, Step.SIGNATURE)
    yield "ES256: nothing", Forgery(elliptic("P-256", lambda signed: b""), Step.FORM)
    for name in ("P-384", "P-521"):
        algorithm, size = {"P-384": ("ES384", 48), "P-521": ("ES512", 66)}[name]
        forged = elliptic(name, partial(_zeros, size), algorithm)
        yield f"{algorithm}: r and s are zero", Forgery(forged, Step.SIGNATURE)


def _flipped(raw: bytes) -> bytes:
    return raw[:-1] + bytes([raw[-1] ^ 1])


def _plus_modulus(raw: bytes) -> bytes:
    """The same number modulo n: a verifier that does not compare with n first takes it."""
    modulus = rsa_key().public_key().public_numbers().n
    number = int.from_bytes(raw) + modulus
    return number.to_bytes(max(len(raw), (number.bit_length() + 7) // 8))


def _negated(raw: bytes) -> bytes:
    return (rsa_key().public_key().public_numbers().n - int.from_bytes(raw)).to_bytes(len(raw))


Bend = Callable[[bytes], bytes]
RSA: dict[str, Bend] = {
    "the last bit flipped": _flipped,
    "the first bit flipped": lambda raw: bytes([raw[0] ^ 128]) + raw[1:],
    "a byte less": lambda raw: raw[:-1],
    "a byte more": lambda raw: raw + b"\0",
    "a zero before it": lambda raw: b"\0" + raw,
    "twice": lambda raw: raw + raw,
    "reversed": lambda raw: raw[::-1],
    "zeros": lambda raw: bytes(len(raw)),
    "ones": lambda raw: b"\xff" * len(raw),
    "the number 1": lambda raw: (1).to_bytes(len(raw)),
    "plus the modulus": _plus_modulus,
    "taken from the modulus": _negated,
    "one byte": lambda raw: b"\1",
}
RAW: dict[str, Bend] = {
    "the last bit flipped": _flipped,
    "a byte less": lambda raw: raw[:-1],
    "a byte more": lambda raw: raw + b"\0",
    "each half a byte longer": lambda raw: b"\0" + raw[:BYTES] + b"\0" + raw[BYTES:],
    "only r": lambda raw: raw[:BYTES],
    "three halves": lambda raw: raw + raw[:BYTES],
    "one byte": lambda raw: b"\1",
}
PAIRS: dict[str, Callable[[int, int], tuple[int, int]]] = {
    "r and s are zero": lambda r, s: (0, 0),
    "r is zero": lambda r, s: (0, s),
    "s is zero": lambda r, s: (r, 0),
    "r and s are one": lambda r, s: (1, 1),
    "r is the order": lambda r, s: (ORDER, s),
    "s is the order": lambda r, s: (r, ORDER),
    "r taken from the order": lambda r, s: (ORDER - r, s),
    "r and s exchanged": lambda r, s: (s, r),
    "r and s are the largest numbers": lambda r, s: (2**256 - 1, 2**256 - 1),
}


def _zeros(size: int, signed: bytes) -> bytes:
    return bytes(2 * size)


def _after(signer: Signer, bend: Bend) -> Signer:
    return lambda signed: bend(signer(signed))


def _der(signed: bytes) -> bytes:
    return ec_key("P-256").sign(signed, ec.ECDSA(hashes.SHA256()))


def raw_signer(bend: Callable[[int, int], tuple[int, int]] = lambda r, s: (r, s)) -> Signer:
    """Signs with the key P-256 in the form of JWS, r and s bent before they are written."""

    def sign(signed: bytes) -> bytes:
        return b"".join(number.to_bytes(BYTES) for number in bend(*decode_dss_signature(_der(signed))))

    return sign
