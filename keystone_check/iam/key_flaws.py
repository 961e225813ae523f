"""What is wrong with a public key's own numbers (RFC 7518, section 6)."""

from collections.abc import Iterator, Mapping

from keystone_check.iam.base64url import decoded

_COORDINATE = {"P-256": 32, "P-384": 48, "P-521": 66}
_LEAST_BITS = 2048
"""RFC 7518, section 3.3: a smaller RSA key must not be used. AWS names no figure."""

UNTRIED = "it was not tried"
"""How the doubt about a key ends that would take too long."""


def judged(members: Mapping[str, object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Its flaws and its doubts."""
    unreadable = [name for name in ("alg", "use") if not isinstance(members.get(name) or "", str)]
    if unreadable:
        return (f"{' and '.join(unreadable)} is not a string",), ()
    match members["kty"]:
        case "RSA":
            modulus, exponent = (decoded(members.get(name)) or b"" for name in ("n", "e"))
            numbers = int.from_bytes(modulus), int.from_bytes(exponent)
            return tuple(_rsa_flaws(*numbers)), tuple(_rsa_doubts(*numbers))
        case "EC":
            return tuple(_ec_flaws(members)), ()
        case kty:
            return (f"its type {kty} is neither RSA nor EC, and STS verifies with no other",), ()


def _rsa_flaws(modulus: int, exponent: int) -> Iterator[str]:
    if not modulus or not exponent:
        yield "n or e is missing or not base64url"
    elif not modulus & 1 or not exponent & 1 or exponent == 1:
        yield "n or e is no RSA number: both are odd, and e is more than 1"


def _rsa_doubts(modulus: int, exponent: int) -> Iterator[str]:
    bits = modulus.bit_length()
    if 0 < bits < _LEAST_BITS:
        yield f"its modulus has {bits} bits, fewer than {_LEAST_BITS}"
    if not affordable(modulus, exponent):
        yield f"its modulus has {bits} bits and its exponent {exponent.bit_length()}: {UNTRIED}"


def _ec_flaws(members: Mapping[str, object]) -> Iterator[str]:
    size = _COORDINATE.get(str(members.get("crv")))
    if size is None:
        yield f"its curve is none of {', '.join(_COORDINATE)}"
        return
    points = [decoded(members.get(name)) for name in ("x", "y")]
    if any(point is None or len(point) != size for point in points):
        yield "x or y is malformed"


def affordable(modulus: int, exponent: int) -> bool:
    """Whether a signature is verified within a millisecond: a key set may be anybody's.

    Go's TLS takes no modulus beyond 8192 bits, BoringSSL no exponent beyond 33; of both at once we take less.
    """
    bits = modulus.bit_length()
    return bits <= 8192 and exponent.bit_length() <= (33 if bits <= 4096 else 17)
