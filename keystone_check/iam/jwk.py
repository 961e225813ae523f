"""JSON Web Keys and key sets, read as strictly as STS needs them (RFC 7517, RFC 7518, RFC 7638)."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keystone_check.iam import strict

ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
"""What STS verifies (botocore, sts:AssumeRoleWithWebIdentity, WebIdentityToken)."""
CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
MOST_KEYS = 100
"""Of one key type (IAM, create OIDC providers)."""
PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
_REQUIRED = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x"), "oct": ()}
_COORDINATE = {"P-256": 32, "P-384": 48, "P-521": 66}
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a document cannot be read, as a sentence that goes on after its name."""

    because: str


@dataclass(frozen=True, slots=True)
class Jwk:
    """One public key. `members` holds no private member, whatever the document held."""

    kid: str
    kty: str
    alg: str
    use: str
    members: Mapping[str, object]
    thumbprint: str
    """RFC 7638 with SHA-256, base64url without padding; empty when a member that it needs is missing."""
    problems: tuple[str, ...] = ()
    """What keeps STS from using the key, and private members, by name."""

    @property
    def named(self) -> bool:
        """Whether the key has a kid at all, which is another thing than an empty one."""
        return isinstance(self.members.get("kid"), str)

    def __hash__(self) -> int:
        return hash((self.kid, self.kty, self.thumbprint))

    def serves(self, algorithm: str) -> bool:
        """Whether a signature of this algorithm can be of this key: its type and curve are bound to it."""
        if algorithm not in ALGORITHMS or self.alg not in ("", algorithm) or self.use not in ("", "sig"):
            return False
        if algorithm.startswith("RS"):
            return self.kty == "RSA"
        return self.kty == "EC" and self.members.get("crv") == CURVES[algorithm]


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys in their order."""

    keys: tuple[Jwk, ...]

    def with_kid(self, kid: str) -> tuple[Jwk, ...]:
        """Every key that carries this kid."""
        return tuple(key for key in self.keys if key.kid == kid)

    def of_type(self, kty: str) -> tuple[Jwk, ...]:
        """Every key of this type."""
        return tuple(key for key in self.keys if key.kty == kty)


def read_key_set(text: str) -> KeySet | Unreadable:
    """Read a key set; Unreadable where it is no JSON object with a list of key objects."""
    document = strict.read(text)
    if not isinstance(document, Mapping) or not document:
        return Unreadable(strict.looks_like(text))
    for place, name in strict.repeated(document):
        return Unreadable(f'"{name}" stands twice in {place or "it"}')
    entries = document.get("keys")
    if not isinstance(entries, list):
        return Unreadable('it has no list "keys"')
    for number, entry in enumerate(entries):
        if not isinstance(entry, Mapping) or not isinstance(entry.get("kty"), str):
            return Unreadable(f"keys[{number}] is {_what(entry)}, not a key")
    return KeySet(tuple(map(_key, entries)))


def merge_key_sets(texts: Iterable[str]) -> str:
    """One key set to publish: every key once, in the order in which they come, without private members.

    Of two forms of one key, the first that has a kid stays; of two keys under one kid, the first: STS
    could not tell them apart. A text that cannot be read adds nothing, and neither does a key without
    the members that make it one.
    """
    read = map(read_key_set, texts)
    keys = [key for key_set in read if isinstance(key_set, KeySet) for key in key_set.keys if key.thumbprint]
    chosen: dict[str, Jwk] = {}
    for key in keys:
        kept = chosen.get(key.thumbprint)
        taken = key.named and any(other.kid == key.kid for other in chosen.values() if other.named)
        if not taken and (kept is None or (key.named and not kept.named)):
            chosen[key.thumbprint] = key
    return json.dumps({"keys": [dict(key.members) for key in chosen.values()]}, indent=2)


def decoded(text: object) -> bytes | None:
    """The bytes of an exact base64url text without padding; None when it is not one."""
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        return None
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    # Bits beyond the last byte must be zero, or two texts would mean the same (RFC 4648, section 3.5).
    return raw if encoded(raw) == text else None


def encoded(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def thumbprint(members: Mapping[str, object]) -> str:
    """RFC 7638: SHA-256 over the required members in the order of their names."""
    kty = members.get("kty")
    names = _REQUIRED.get(kty) if isinstance(kty, str) else None
    if not names or any(not isinstance(members.get(name), str) for name in names):
        return ""
    required = {name: members[name] for name in sorted((*names, "kty"))}
    canonical = json.dumps(required, separators=(",", ":"), ensure_ascii=False)
    return encoded(hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).digest())


def _key(entry: Mapping[str, object]) -> Jwk:
    public = {name: value for name, value in entry.items() if name not in PRIVATE}
    return Jwk(
        _text(entry.get("kid")),
        str(entry["kty"]),
        _text(entry.get("alg")),
        _text(entry.get("use")),
        public,
        thumbprint(public),
        (*_material_problems(public), *_private(entry)),
    )


def _private(entry: Mapping[str, object]) -> tuple[str, ...]:
    names = [name for name in PRIVATE if name in entry]
    return (f"it publishes the private members {', '.join(names)}",) if names else ()


def _material_problems(members: Mapping[str, object]) -> tuple[str, ...]:
    kty = members["kty"]
    if kty == "RSA":
        return tuple(_rsa_problems(members))
    if kty == "EC":
        return tuple(_ec_problems(members))
    return (f"its type {kty} is neither RSA nor EC, and STS verifies with no other",)


def _rsa_problems(members: Mapping[str, object]) -> list[str]:
    modulus, exponent = decoded(members.get("n")), decoded(members.get("e"))
    if not modulus or not exponent:
        return ["n or e is missing or not base64url"]
    bits = int.from_bytes(modulus).bit_length()
    return [f"its modulus has {bits} bits, fewer than 2048"] if bits < 2048 else []


def _ec_problems(members: Mapping[str, object]) -> list[str]:
    size = _COORDINATE.get(_text(members.get("crv")))
    if size is None:
        return [f"its curve is none of {', '.join(_COORDINATE)}"]
    points = [decoded(members.get(name)) for name in ("x", "y")]
    return (
        [] if all(point is not None and len(point) == size for point in points) else ["x or y is malformed"]
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _what(entry: object) -> str:
    return "an object without kty" if isinstance(entry, Mapping) else strict.kind(entry)
