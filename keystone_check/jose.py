"""Tokens and keys: strict decoding, signatures, the forms that Kubernetes gives its keys.

PyJWT and cryptography do the cryptography; what they forgive is refused here first. A token's text is
never kept, printed or put into an error.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import get_default_algorithms

from keystone_check.iam import strict
from keystone_check.iam.base64url import decoded, encoded
from keystone_check.iam.jwk import ALGORITHMS, CURVES, MOST_KEYS, Jwk
from keystone_check.iam.key_flaws import affordable
from keystone_check.iam.oidc import Flaw, Malformed
from keystone_check.model.cluster import Token
from keystone_check.model.secret import Secret
from keystone_check.model.web import Certificate

__all__ = [
    "DER",
    "Flaw",
    "Malformed",
    "certificate",
    "certificates",
    "decode",
    "kid_of",
    "public_jwk",
    "public_key",
    "sign",
    "verifies",
    "verify",
]

DER = Encoding.DER
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
_ALGORITHMS = {name: algorithm for name, algorithm in get_default_algorithms().items() if name in ALGORITHMS}
_CURVES = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
_ALGORITHM_OF = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}


def decode(text: str, candidates: Iterable[Jwk], *, any_algorithm: bool = False) -> Token | Malformed:
    """What a token says, and which of the candidate keys verify its signature.

    1. It has 4 to 20000 characters.
    2. It is three parts of exact base64url without padding.
    3. Header and claims are JSON objects in UTF-8 in which no name stands twice.
    4. `alg` is one of RS256/384/512 and ES256/384/512; there is no `crit` (RFC 7515, section 4.1.11: who
       does not understand an extension refuses the token), and `b64` is one.

    `jku`, `jwk`, `x5u` and `x5c`, with which a token would bring its own key, are never followed. Of the
    candidates that serve the algorithm the first 100 are tried (25 for RSA beyond 4096 bits), those of the
    token's kid before others.

    With `any_algorithm`, a token whose algorithm is none of these is read too, as signed by nobody.
    """
    if len(text) < 4:
        return Malformed(f"the token has {len(text)} characters", Flaw.TOO_SHORT)  # 1
    if len(text) > 20000:
        return Malformed(f"the token has {len(text)} characters, more than 20000", Flaw.TOO_LONG)
    parts = text.split(".")
    if len(parts) != 3:  # 2
        return Malformed(f"a JWT has three parts, this has {len(parts)}")
    first, second, signature = map(decoded, parts)
    if first is None or second is None or not signature:
        return Malformed("a part of the token is not base64url without padding")
    header, claims = _object(first, "header"), _object(second, "claims")  # 3
    if isinstance(header, Malformed):
        return header
    if isinstance(claims, Malformed):
        return claims
    problem = _header_problem(header)  # 4
    if problem and not (any_algorithm and problem.flaw is Flaw.ALGORITHM):
        return problem
    signed = ".".join(parts[:2]).encode()
    signed_by = () if problem else _signers(signed, signature, header, candidates)
    kept = {name: value for name, value in claims.items() if name != "jti"}
    return Token(header, kept, len(text), signed_by)


def verify(text: str, key: Jwk) -> bool:
    """Whether this is a token that STS would read, with the signature of a key that nobody has to doubt."""
    read = decode(text, (key,))
    return isinstance(read, Token) and bool(read.signed_by) and not key.doubts


def verifies(signed: bytes, signature: bytes, algorithm: str, key: Jwk) -> bool:
    """Whether a signature, as JWS encodes it, is the key's. The key says which algorithms it serves."""
    if not key.serves(algorithm):
        return False
    material = public_key(key)
    return material is not None and _ALGORITHMS[algorithm].verify(signed, material, signature)


def public_key(key: Jwk) -> PublicKey | None:
    """The key for cryptography; None where its members are no key, or a larger one than is worth the time."""
    if key.flaws:
        return None
    first, second = ("n", "e") if key.kty == "RSA" else ("x", "y")
    curve = str(key.members["crv"]) if key.kty == "EC" else ""
    return _material(curve, str(key.members[first]), str(key.members[second]))


def public_jwk(key: PublicKey) -> dict[str, object]:
    """A public key as the API server publishes it (Kubernetes, pkg/serviceaccount/openidmetadata.go)."""
    algorithm = algorithm_of(key)
    numbers = key.public_numbers()
    members: dict[str, object] = {"use": "sig"}
    if isinstance(numbers, rsa.RSAPublicNumbers):
        members |= {"kty": "RSA", "kid": kid_of(key), "alg": algorithm}
        return {**members, "n": encoded(_unsigned(numbers.n)), "e": encoded(_unsigned(numbers.e))}
    size = (key.key_size + 7) // 8
    members |= {"kty": "EC", "kid": kid_of(key), "crv": CURVES[algorithm], "alg": algorithm}
    return {**members, "x": encoded(numbers.x.to_bytes(size)), "y": encoded(numbers.y.to_bytes(size))}


def kid_of(key: PublicKey) -> str:
    """SHA-256 over the key's DER form, base64url (Kubernetes, pkg/serviceaccount/jwt.go)."""
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return encoded(hashlib.sha256(der).digest())


def algorithm_of(key: PublicKey | PrivateKey) -> str:
    """What Kubernetes signs with: RS256 for every RSA key, ES by the curve."""
    if isinstance(key, rsa.RSAPublicKey | rsa.RSAPrivateKey):
        return "RS256"
    name = _ALGORITHM_OF.get(key.curve.name)
    if name is None:
        raise ValueError(f"no algorithm of STS uses the curve {key.curve.name}")
    return name


def sign(claims: Mapping[str, object], key: PrivateKey, kid: str) -> Secret:
    """A token with these claims, its header as Kubernetes writes it."""
    algorithm = algorithm_of(key)
    parts = ({"alg": algorithm, "kid": kid}, dict(claims))
    signed = ".".join(encoded(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    return Secret(f"{signed}.{encoded(_ALGORITHMS[algorithm].sign(signed.encode(), key))}")


def certificates(pem: bytes) -> tuple[Certificate, ...]:
    """The certificates of a PEM text; ValueError where it holds none or one that is broken."""
    read = x509.load_pem_x509_certificates(pem)
    return tuple(certificate(item.public_bytes(DER)) for item in read)


def certificate(der: bytes) -> Certificate:
    """A certificate as it was served."""
    read = x509.load_der_x509_certificate(der)
    return Certificate(
        sha1=read.fingerprint(SHA1()).hex(),  # what IAM calls a thumbprint
        subject=read.subject.rfc4514_string(),
        issuer=read.issuer.rfc4514_string(),
        not_before=int(read.not_valid_before_utc.timestamp()),
        not_after=int(read.not_valid_after_utc.timestamp()),
        names=_names(read),
        is_ca=_is_ca(read),
        key_id=_key_id(read),
        authority_key_id=_authority_key_id(read),
    )


def _names(read: x509.Certificate) -> tuple[str, ...]:
    try:
        found = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = (str(address) for address in found.get_values_for_type(x509.IPAddress))
    return (*found.get_values_for_type(x509.DNSName), *addresses)


def _is_ca(read: x509.Certificate) -> bool:
    try:
        return read.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _key_id(read: x509.Certificate) -> str:
    try:
        return read.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest.hex()
    except x509.ExtensionNotFound:
        return ""


def _authority_key_id(read: x509.Certificate) -> str:
    try:
        found = read.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    except x509.ExtensionNotFound:
        return ""
    return (found.key_identifier or b"").hex()


def _object(raw: bytes, what: str) -> dict[str, object] | Malformed:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return Malformed(f"the token's {what} is not UTF-8")
    value = strict.read(text)
    if not isinstance(value, dict):
        return Malformed(f"the token's {what} is not a JSON object")
    for _, name in strict.repeated(value):
        return Malformed(f"the token's {what} holds {name[:40]!r} twice")
    return dict(value)


def _signers(
    signed: bytes, signature: bytes, header: Mapping[str, object], candidates: Iterable[Jwk]
) -> tuple[str, ...]:
    algorithm, serving = str(header["alg"]), dict[str, Jwk]()
    for key in sorted(candidates, key=lambda key: key.kid != header.get("kid")):
        if key.serves(algorithm):
            serving.setdefault(key.thumbprint, key)
    # A key of 8192 bits costs four times one of 4096, and its signatures have 1024 bytes.
    tried = islice(serving.values(), MOST_KEYS if len(signature) <= 512 else MOST_KEYS // 4)
    return tuple(sorted(key.thumbprint for key in tried if verifies(signed, signature, algorithm, key)))


def _header_problem(header: Mapping[str, object]) -> Malformed | None:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        return Malformed(f"the token's alg is none of {', '.join(ALGORITHMS)}", Flaw.ALGORITHM)
    if "crit" in header or "b64" in header:
        return Malformed("the token's header demands an extension (crit, b64) that STS does not document")
    if not isinstance(header.get("kid", ""), str):
        return Malformed("the token's kid is not a string")
    return None


@lru_cache(maxsize=256)
def _material(curve: str, first: str, second: str) -> PublicKey | None:
    """RSA where no curve is named. Kept: one key set is asked about many tokens."""
    one, two = (int.from_bytes(decoded(text) or b"") for text in (first, second))
    try:
        if curve:
            return ec.EllipticCurvePublicNumbers(one, two, _CURVES[curve]).public_key()
        return rsa.RSAPublicNumbers(two, one).public_key() if affordable(one, two) else None
    except ValueError:  # a point that is not on the curve, a modulus that OpenSSL finds too small
        return None


def _unsigned(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8)
