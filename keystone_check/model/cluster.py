"""What is read from the cluster: the API server, service accounts, and what their tokens say."""

from collections.abc import Mapping
from dataclasses import dataclass, field

ROLE_ARN = "eks.amazonaws.com/role-arn"
AUDIENCE = "eks.amazonaws.com/audience"
TOKEN_EXPIRATION = "eks.amazonaws.com/token-expiration"
REGIONAL_ENDPOINTS = "eks.amazonaws.com/sts-regional-endpoints"
LEAST_SECONDS = 600
"""The webhook gives tokens no shorter life (pkg/constants.go), and the API server takes none."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The API server that answered, and as whom."""

    server: str
    """`https://host:port` as the kubeconfig names it."""
    version: str
    """gitVersion, such as `v1.36.3+k3s1`."""
    user: str
    """The user name the API server gives us (SelfSubjectReview)."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """The issuer that the chain is judged for, and who says so."""

    url: str
    source: str
    """`configuration` or `discovery document of the API server`."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Which service accounts were asked for. Empty strings: of all namespaces, with any labels."""

    namespace: str
    selector: str

    @property
    def whole(self) -> bool:
        """Whether no bound service account of the cluster was left out."""
        return not self.namespace and not self.selector


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A service account that is bound to a role by annotation, or that the configuration expects to be."""

    namespace: str
    name: str
    uid: str
    annotations: Mapping[str, str]
    """Only those under `eks.amazonaws.com/`."""
    annotated: int = 0
    """Unix seconds at which somebody last wrote the role's annotation; 0: managedFields do not tell."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """Labels and annotations that tell what manages it (`model.owner`)."""
    appliers: Mapping[str, str] = field(default_factory=dict)
    """By annotation under `eks.amazonaws.com/`, who owns it by server-side apply."""

    @property
    def subject(self) -> str:
        """The `sub` claim that the API server gives its tokens (Kubernetes, serviceaccount/util.go)."""
        return f"system:serviceaccount:{self.namespace}:{self.name}"

    @property
    def role_arn(self) -> str:
        """The annotated role, exactly as written; empty when there is none."""
        return self.annotations.get(ROLE_ARN, "")

    def audience(self, default: str) -> str:
        """The audience that the account's projected tokens carry: its annotation, or the default."""
        return self.annotations.get(AUDIENCE, "") or default


@dataclass(frozen=True, slots=True)
class Token:
    """What a freshly minted token says. The token itself is never kept."""

    header: Mapping[str, object]
    claims: Mapping[str, object]
    """All claims but `jti`, which names this one token and says nothing about the chain."""
    size: int
    """Characters of the compact form."""
    signed_by: tuple[str, ...]
    """RFC 7638 SHA-256 thumbprints of the known keys that verify the signature, sorted."""

    @property
    def issuer(self) -> str:
        return _text(self.claims.get("iss"))

    @property
    def subject(self) -> str:
        return _text(self.claims.get("sub"))

    @property
    def audiences(self) -> tuple[str, ...]:
        """`aud` as a tuple, whether the token holds a string or a list."""
        aud = self.claims.get("aud")
        return tuple(_text(item) for item in aud) if isinstance(aud, list) else (_text(aud),) if aud else ()

    @property
    def kid(self) -> str:
        return _text(self.header.get("kid"))

    @property
    def algorithm(self) -> str:
        return _text(self.header.get("alg"))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
