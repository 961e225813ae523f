"""JSON Web Keys and key sets, read as strictly as STS needs them (RFC 7517, RFC 7518, RFC 7638)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from keystone_check.iam import strict
from keystone_check.iam.base64url import encoded
from keystone_check.iam.key_flaws import UNTRIED, judged

ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
"""What STS verifies (botocore, sts:AssumeRoleWithWebIdentity, WebIdentityToken)."""
CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
MOST_KEYS = 100
"""Of one key type (IAM, create OIDC providers)."""
_MOST_READ = 1000
"""Keys of a set that are looked at: ten times what AWS takes of a type."""
PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
_REQUIRED = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x"), "oct": ()}
_CANONICAL = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


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
    flaws: tuple[str, ...] = ()
    """Why it is no key at all: nothing can be verified with it."""
    doubts: tuple[str, ...] = ()
    """Why nobody should verify with it. Whether STS does is not documented."""
    private: tuple[str, ...] = ()
    """Names of the private members that it was published with: its signatures prove nothing any more."""

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that is wrong with the key, as sentences that go on after its name."""
        told = (f"it publishes the private members {', '.join(self.private)}",) if self.private else ()
        return (*self.flaws, *self.doubts, *told)

    @property
    def named(self) -> bool:
        """Whether the key has a kid at all, which is another thing than an empty one."""
        return isinstance(self.members.get("kid"), str)

    @property
    def untried(self) -> str:
        """Why no signature was tried with it: it would cost too much. Empty for any other key."""
        return next((doubt for doubt in self.doubts if doubt.endswith(UNTRIED)), "")

    def __hash__(self) -> int:
        return hash((self.kid, self.kty, self.thumbprint))

    def serves(self, algorithm: str) -> bool:
        """Whether a signature of this algorithm can be of this key: its type and curve are bound to it."""
        if algorithm not in ALGORITHMS or self.alg not in ("", algorithm) or not self._verifies:
            return False
        if algorithm.startswith("RS"):
            return self.kty == "RSA"
        return self.kty == "EC" and self.members.get("crv") == CURVES[algorithm]

    @property
    def _verifies(self) -> bool:
        """Whether it is meant for signatures at all (RFC 7517, sections 4.2 and 4.3)."""
        operations = self.members.get("key_ops", ["verify"])
        return self.use in ("", "sig") and isinstance(operations, list) and "verify" in operations


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


@lru_cache(maxsize=8)
def read_key_set(text: str) -> KeySet | Unreadable:
    """Read a key set; Unreadable where it is no JSON object with a list of key objects.

    Kept: one set is asked about every account's token.
    """
    document = strict.read(text)
    if not isinstance(document, Mapping) or not document:
        return Unreadable(strict.looks_like(text))
    for place, name in strict.repeated(document):
        return Unreadable(f'"{name}" stands twice in {place or "it"}')
    entries = document.get("keys")
    if not isinstance(entries, list):
        return Unreadable('it has no list "keys"')
    if len(entries) > _MOST_READ:
        return Unreadable(f"it holds {len(entries)} keys, and AWS takes {MOST_KEYS} of a type")
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


def thumbprint(members: Mapping[str, object]) -> str:
    """RFC 7638: SHA-256 over the required members in the order of their names."""
    kty = members.get("kty")
    names = _REQUIRED.get(kty) if isinstance(kty, str) else None
    if not names or any(not isinstance(members.get(name), str) for name in names):
        return ""
    required = {name: members[name] for name in sorted((*names, "kty"))}
    canonical = _CANONICAL.encode(required)
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
        *judged(public),
        tuple(name for name in PRIVATE if name in entry),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _what(entry: object) -> str:
    return "an object without kty" if isinstance(entry, Mapping) else strict.kind(entry)
