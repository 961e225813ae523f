"""What the emulated API server is made from: documents, the signing key, accounts and what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from keystone_check.jose import PrivateKey
from keystone_check.model.cluster import ServiceAccount
from keystone_check.sandbox.kube.resources import Resource


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
class Stocked:
    """An object that is there from the start."""

    resource: Resource
    namespace: str
    value: Mapping[str, Any]


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
    objects: tuple[Stocked, ...] = ()
    peers: tuple[Peer, ...] = ()
    closed: tuple[str, ...] = ()
    """Paths that no cluster role opens to service accounts, though one does from the start."""


@dataclass(frozen=True, slots=True, eq=False)
class Tls:
    """PEM texts: the chain that is served, its key, and the authority that clients trust."""

    chain: bytes
    key: bytes = field(repr=False)
    authority: bytes
