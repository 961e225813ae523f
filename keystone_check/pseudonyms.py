"""The same world under other names: what identifies a company, an account or a person is replaced.

Word by word: names are taken apart at their punctuation, and each word gets another of the same length,
letters for letters and digits for digits, everywhere the same one. So lengths stay (quotas are judged), the
hash in a pod's name stays where it was, an account id keeps 12 digits and an S3 host stays one. Kept:
regions, words of the services' own (`WORDS`), numbers below four digits, versions, times, and public keys,
certificates' fingerprints and key ids, by which whoever has the original can recognise it.
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from keystone_check.codec import TAG, decode, encode
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.world import World

_PROSE = """
a above account accounts action address admin af alg algs allow amazonaws and annotation any ap
apiserver args arn as assumed at aud audience aws be body bucket buckets by ca cache central claims
cluster cn co code com condition config configuration content controller daemonset dash default deny
deployment discovery document dualstack east effect eks env es256 es384 es512 eu exp federated field
fields file for from get gov group has host http https iam iat id identity il in inject injection io is
iso isob iss issuer it jobs json jti jwk jwks k3s k8s key keys kid known kube kubeconfig kubernetes
local map me members mx name names namespace namespaces net no nobody node nodes north northeast
northwest not of oidc on one openid or org pem pod pods port principal private provider providers ps256
public published replicaset resource response rke2 role roles root rs256 rs384 rs512 run s3 sa sandbox
se secret secrets server serviceaccount serviceaccounts sha256 signing south southeast southwest
statefulset statement static stringequals stringlike sts sub subject supported svc system tags templates
that the there tls to token tokens type types uid url us use user users value values var version volume
was web webhook webhooks well west with x1 x2
"""
WORDS = frozenset(_PROSE.split())
"""Words of the services and of our own sentences: replaced, they would change what is said."""
_FIXED = re.compile(
    r"[a-z0-9.-]*\b(?:kubernetes|k8s|fluxcd|argoproj)\.io(?:/[A-Za-z0-9._-]+)?"
    r"|arn:aws[a-z-]*:iam::aws:policy/[\w+=,.@/-]+"  # AWS's own
    r'|"(?:n|x|y|kid)":\s*"[A-Za-z0-9_-]*"'  # public keys
    r"|eks\.amazonaws\.com/[a-z-]+|pod-template-hash|kube-api-access|aws-iam-token|keystone-check"
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_IPV4 = re.compile(r"(?<![\d.])(\d{1,3}\.\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_WORD = re.compile(r"[A-Za-z0-9]+")
_ANY = re.compile(
    f"(?P<fixed>{_FIXED.pattern})|(?P<uuid>{_UUID.pattern})|(?P<ip>{_IPV4.pattern})|(?P<word>[A-Za-z0-9]+)"
)
_LETTERS, _DIGITS, _HEX = "abcdefghijklmnopqrstuvwxyz", "0123456789", "0123456789abcdef"
_BY_NAME = (
    "accounts",
    "roles",
    "trusting_roles",
    "providers",
    "namespaces",
    "pods",
    "templates",
    "server_arguments",
    "provider_buckets",
    "servers",
)
"""Facts whose subjects are names."""
_SPOKEN = ("permission", TAG, "version", "headers", "signed_by", "sha1", "key_id", "authority_key_id", "kid")
"""Fields in which no name of the user's stands."""


def pseudonymous(world: World, key: bytes | None = None) -> World:
    """The world with its names replaced; with another key, which nobody keeps, they are others."""
    data = encode(world, World)
    names = _Names(key or secrets.token_bytes(32), frozenset(_words(world)))
    renamed: World = decode(_renamed(data, names.text), World, "holds")
    return renamed


@dataclass
class _Names:
    key: bytes
    told: frozenset[str]
    given: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def text(self, text: str) -> str:
        return _ANY.sub(self._one, text)

    def _one(self, match: re.Match[str]) -> str:
        found = match[0]
        match match.lastgroup:
            case "uuid":
                return "-".join(self._other(part, _HEX) for part in found.split("-"))
            case "ip":
                return self._address(found)
            case "word" if found.lower() in self.told:
                other = self._other(found.lower())
                return "".join(n.upper() if o.isupper() else n for o, n in zip(found, other, strict=True))
            case _:
                return found

    def _address(self, found: str) -> str:
        """Its network stays, by which it is private or not."""
        one, two, three, four = found.split(".")
        return found if one == "127" else ".".join((one, two, self._octet(three), self._octet(four)))

    def _octet(self, number: str) -> str:
        # 256 of them can be told apart by nothing but themselves: no two may become one
        low, high = {1: (0, 10), 2: (10, 100)}.get(len(number), (100, 256))
        step = hashlib.sha256(self.key + b"octet").digest()[0]
        return str(low + (int(number) - low + step) % (high - low)) if low <= int(number) < high else number

    def _other(self, word: str, letters: str = "") -> str:
        if word not in self.given:
            tries = (self._made(word, letters, attempt) for attempt in range(10_000))
            free = (made for made in tries if made not in self.taken and made not in self.told)
            self.given[word] = next(made for made in free if made not in WORDS)
            self.taken.add(self.given[word])
        return self.given[word]

    def _made(self, word: str, letters: str, attempt: int) -> str:
        stream = hashlib.shake_256(self.key + f"{attempt}:{word}".encode()).digest(2 * len(word))
        drawn = zip(word, stream[::2], stream[1::2], strict=True)
        return "".join(_alike(char, letters)(256 * one + two) for char, one, two in drawn)


def _alike(char: str, letters: str) -> Callable[[int], str]:
    kind = letters or (_DIGITS if char in _DIGITS else _LETTERS)
    return lambda number: kind[number % len(kind)]


def _renamed(data: Any, text: Callable[[str], str]) -> Any:
    if isinstance(data, str):
        return text(data)
    if isinstance(data, list):
        return [_renamed(item, text) for item in data]
    if isinstance(data, dict):
        return {
            (name if name in _SPOKEN else text(name)) if TAG not in data else name: item
            if name in _SPOKEN
            else _renamed(item, text)
            for name, item in data.items()
        }
    return data


def _words(world: World) -> Iterator[str]:
    for name in _told(world):
        for word in _WORD.findall(name):
            if word.lower() not in WORDS and not (word.isdecimal() and len(word) < 4) and len(word) > 1:
                yield word.lower()


def _told(world: World) -> Iterator[str]:
    """Every name that a world tells, as it stands where it is told."""
    yield from (getattr(world.caller, name, "") for name in ("arn", "account"))
    yield from (getattr(world.cluster, name, "") for name in ("server", "user"))
    yield from (_host(getattr(world.issuer, "url", "")), world.expected.issuer)
    yield getattr(world.bucket, "name", "")
    for binding in world.expected.bindings:
        yield from (binding.namespace, binding.name, binding.role_arn)
    for listed in (world.own_buckets, world.provider_arns):
        yield from () if isinstance(listed, Missing) else listed
    for fact in _BY_NAME:
        yield from _subjects(getattr(world, fact))
    yield from (host for host, _ in world.chains)
    for _, account in _seen(world.accounts):
        yield from (account.role_arn, *account.marks.values())
    for _, chain in _seen(world.chains):
        for certificate in chain.certificates:
            yield from (*(name for name in certificate.names), certificate.subject)
    yield from _settings(world)


def _settings(world: World) -> Iterator[str]:
    for _, pod in _seen(world.pods):
        yield from (pod.owner_name, *pod.labels.values())
    for _, role in _seen(world.roles):
        yield from (role.boundary, *role.tags.values())
        yield from re.findall(r"arn:[^\"]+", role.trust)
    for _, namespace in _seen(world.namespaces):
        yield from namespace.labels.values()
    policy = getattr(world.bucket, "policy", "")
    yield from re.findall(r"arn:[^\"]+|\b\d{12}\b", policy) if isinstance(policy, str) else ()


def _host(url: str) -> str:
    return url.partition("://")[2]


def _subjects(facts: object) -> Iterable[str]:
    return [name for name, _ in facts] if isinstance(facts, Subjects) else ()


def _seen(facts: Any) -> Iterable[tuple[str, Any]]:
    return facts.seen() if isinstance(facts, Subjects) else ()
