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
_OPERATORS = """
ack amazonec2 ami autoscaling aws awsregion capacity carm chart compute controllers demand ec2 ecr events
fleet image images instance internal ip karpenter kms lambda large launch profile queue region sg spot sqs
ssm subnet
"""
WORDS = frozenset(_PROSE.split()) | frozenset(_OPERATORS.split())
"""Words of the services and of our own sentences: replaced, they would change what is said."""
_FIXED = re.compile(
    r"[a-z0-9.-]*\b(?:kubernetes|k8s|fluxcd|argoproj)\.io(?:/[A-Za-z0-9._-]+)?"
    r"|arn:aws[a-z-]*:iam::aws:policy/[\w+=,.@/-]+"  # AWS's own
    r'|"(?:n|x|y|kid)":\s*"[A-Za-z0-9_-]*"'  # public keys
    r"|eks\.amazonaws\.com/[a-z-]+|pod-template-hash|kube-api-access|aws-iam-token|keystone-check"
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_IPV4 = re.compile(r"(?<![\d.])(\d{1,3}\.\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_NODE = re.compile(r"\bip-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}\b")
"""A node's name that tells its address."""
_IN_POLICIES = r"arn:[^\"]+|\b\d{12}\b|(?<=\bvpce-)[0-9a-f]{8,}|(?<=\bvpc-)[0-9a-f]{8,}"
_WORD = re.compile(r"[A-Za-z0-9]+")
_VERSION = re.compile(r"v\d+(?:(?:alpha|beta)\d+)?")
_ANY = re.compile(
    f"(?P<fixed>{_FIXED.pattern})|(?P<uuid>{_UUID.pattern})|(?P<node>{_NODE.pattern})|(?P<ip>{_IPV4.pattern})|(?P<word>[A-Za-z0-9]+)"
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
    "operators",
    "node_classes",
    "node_pools",
    "node_claims",
    "nodes",
    "permissions",
    "node_roles",
    "instance_profiles",
    "queues",
    "keys",
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
            case "node":
                return "ip-" + self._address(found[3:].replace("-", ".")).replace(".", "-")
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
    kept = WORDS.union(word.lower() for name in _products(world) for word in _WORD.findall(name))
    for name in _told(world):
        for word in map(str.lower, _WORD.findall(name)):
            if len(word) > 1 and word not in kept and not _tells_nothing(word):
                yield word


def _tells_nothing(word: str) -> bool:
    """Whether it is a small number or a version of an API."""
    return (word.isdecimal() and len(word) < 4) or bool(_VERSION.fullmatch(word))


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
    yield from _operated(world)


def _settings(world: World) -> Iterator[str]:
    for _, pod in _seen(world.pods):
        yield from (pod.owner_name, *pod.labels.values())
    for _, role in _seen(world.roles):
        yield from (role.boundary, *role.tags.values())
        yield from re.findall(r"arn:[^\"]+", role.trust)
    for _, namespace in _seen(world.namespaces):
        yield from namespace.labels.values()
    policy = getattr(world.bucket, "policy", "")
    yield from re.findall(_IN_POLICIES, policy) if isinstance(policy, str) else ()


def _products(world: World) -> Iterator[str]:
    """What Karpenter and ACK call themselves and their kinds, wherever they run."""
    for _, operator in _seen(world.operators):
        yield operator.product
    for _, crd in _seen(world.crds):
        yield from (crd.name, crd.kind)


def _operated(world: World) -> Iterator[str]:
    for _, operator in _seen(world.operators):
        registry = operator.image.rpartition("/")[0]
        yield from () if registry.startswith("public.ecr.aws/") else (registry,)
        yield operator.role_arn
        yield from (value for name, value in operator.settings.items() if name in _NAMING)
    for _, made in _seen(world.node_classes):
        yield from (made.role, made.instance_profile, made.made_profile, *made.images, *made.keys)
        yield from (*made.parameters, *made.tags, *made.tags.values())
        for term in (*made.subnets, *made.security_groups, *made.image_terms):
            yield from term.values()
    for _, found in _seen(world.selections):
        for ids in (found.subnets, found.security_groups, found.images):
            yield from ids if isinstance(ids, tuple) else ()
    for _, node in _seen(world.nodes):
        yield node.provider_id
    for _, queue in _seen(world.queues):
        yield from (queue.arn, queue.key)
    for _, profile in _seen(world.instance_profiles):
        yield from (profile.arn, *profile.roles)
    for _, kind in _seen(world.ack_kinds):
        yield from (*kind.roles, *kind.owners, *(name for name, _ in kind.stuck))
    for where, role in _seen(world.role_map):
        yield from (where, role)


_NAMING = ("CLUSTER_NAME", "CLUSTER_ENDPOINT", "INTERRUPTION_QUEUE", "ACK_WATCH_NAMESPACE")
"""Settings whose values are names."""


def _host(url: str) -> str:
    return url.partition("://")[2]


def _subjects(facts: object) -> Iterable[str]:
    return [name for name, _ in facts] if isinstance(facts, Subjects) else ()


def _seen(facts: Any) -> Iterable[tuple[str, Any]]:
    return facts.seen() if isinstance(facts, Subjects) else ()
