"""What the emulated API server is made from: documents, the signing key, accounts and what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from keystone_check.jose import PrivateKey
from keystone_check.model.cluster import (
    AUDIENCE,
    LEAST_SECONDS,
    REGIONAL_ENDPOINTS,
    ROLE_ARN,
    TOKEN_EXPIRATION,
    ServiceAccount,
)
from keystone_check.model.written import truth, whole
from keystone_check.sandbox.kube.resources import Resource
from keystone_check.sandbox.kube.wire import Object


@dataclass(frozen=True, slots=True)
class Document:
    """A body that is served as it stands."""

    text: str
    content_type: str
    cache_control: str = "public, max-age=3600"
    status: int = 200


@dataclass(frozen=True, slots=True, eq=False)
class Signer:
    """Who signs tokens: the issuer that they name, the key, and the key's id in their header."""

    issuer: str
    private_key: PrivateKey = field(repr=False)
    kid: str


@dataclass(frozen=True, slots=True)
class TokenOverride:
    """What tokens of one service account say instead; a value of None leaves the field out."""

    header: Mapping[str, object] = field(default_factory=dict)
    claims: Mapping[str, object] = field(default_factory=dict)
    signer: Signer | None = None
    """Another key than the server's own."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What the pod identity webhook gives the pods of one service account."""

    role_arn: str
    audience: str = "sts.amazonaws.com"
    """Empty: the token is made for the API server's own audience."""
    expiration: int = 86400
    region: str = ""
    regional: bool = False
    folder: str = "/var/run/secrets/eks.amazonaws.com/serviceaccount"


def lasting(annotated: str, otherwise: int) -> int:
    """The seconds for which a token lives that an annotation asks for."""
    seconds = whole(annotated)
    return otherwise if seconds is None else max(seconds, LEAST_SECONDS)


@dataclass(frozen=True, slots=True)
class Identity:
    """The pod identity webhook's settings, and what its cache holds of single accounts."""

    region: str = ""
    """Its flag --aws-default-region."""
    audience: str = "sts.amazonaws.com"
    cached: Mapping[str, tuple[Mapping[str, str], Grant | None]] = field(default_factory=dict)
    """By `namespace/name`: what it gives instead while the annotations are still these; None: nothing."""
    is_old: bool = False
    """Whether it was built before native sidecars, and drops what makes them so."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """By `namespace/name`: why an admission takes no pod of this account."""

    def grant(self, name: str, annotations: Mapping[str, str]) -> Grant | None:
        """What the account's pods get; None where it is not annotated or not in the cache."""
        told, cached = self.cached.get(name, ({}, None))
        if name in self.cached and told == annotations:
            return cached
        if not annotations.get(ROLE_ARN):
            return None
        return Grant(
            role_arn=annotations[ROLE_ARN],
            audience=annotations.get(AUDIENCE, self.audience),
            expiration=lasting(annotations.get(TOKEN_EXPIRATION, ""), 86400),
            region=self.region,
            regional=bool(truth(annotations.get(REGIONAL_ENDPOINTS, ""))),
        )


@dataclass(frozen=True, slots=True)
class Seed:
    """An object that is there from the start."""

    resource: Resource
    namespace: str
    value: Object
    created: int = 0
    """Unix seconds; 0: when the server starts."""
    uid: str = ""
    """Empty: one that is drawn."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another API server of the cluster; without documents it is down."""

    address: str
    """`address:port`, as the cluster lists it."""
    discovery: Document | None = None
    key_set: Document | None = None


@dataclass(frozen=True, slots=True)
class KubeState:
    """Everything the server starts with; what clients then write lives in its store."""

    version: str
    """gitVersion, such as `v1.36.3+k3s1`."""
    discovery: Document
    key_set: Document
    signer: Signer
    api_audiences: tuple[str, ...]
    accounts: tuple[ServiceAccount, ...] = ()
    user: str = "system:admin"
    """The name that the API server gives the bearer of the kubeconfig's token."""
    guests: tuple[str, ...] = ()
    """Users with a token of their own who may do no more than everyone."""
    token_overrides: Mapping[str, TokenOverride] = field(default_factory=dict)
    """By `namespace/name`."""
    peers: tuple[Peer, ...] = ()
    closed: tuple[str, ...] = ()
    """Paths that no cluster role opens to service accounts, though one does from the start."""
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Of namespaces, by name."""
    annotations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Of namespaces, by name."""
    seeds: tuple[Seed, ...] = ()
    """Objects of other kinds."""
    identity: Identity = field(default_factory=Identity)
    custom: tuple[Resource, ...] = ()
    """Kinds that definitions add, once for each version that is served."""
    logs: Mapping[str, str] = field(default_factory=dict)
    """What containers wrote, by `namespace/pod`."""


@dataclass(frozen=True, slots=True, eq=False)
class Tls:
    """PEM texts: the chain that is served, its key, and the authority that clients trust."""

    chain: bytes
    key: bytes = field(repr=False)
    authority: bytes
