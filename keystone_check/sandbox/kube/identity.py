"""Who asks, and what they may: bearer tokens in, a user out; refused permissions by name."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from keystone_check.model.secret import Secret
from keystone_check.sandbox.kube.resources import (
    AUTHENTICATION,
    AUTHORIZATION,
    SELF_SUBJECT_ACCESS_REVIEWS,
    SELF_SUBJECT_REVIEWS,
    SELF_SUBJECT_RULES_REVIEWS,
)
from keystone_check.sandbox.kube.routes import Attributes
from keystone_check.sandbox.kube.status import StatusError, forbidden
from keystone_check.sandbox.kube.tokens import Bearer, subject

Permission = str
"""`create serviceaccounts/token`, `get /openid/v1/jwks`, or with ` in NAMESPACE` for one namespace only."""

MASTERS = "system:masters"
SERVICE_ACCOUNTS_GROUP = "system:serviceaccounts"
ISSUER_DISCOVERY = "system:service-account-issuer-discovery"

# What the default cluster roles system:discovery, system:public-info-viewer and system:basic-user give to
# everyone who is authenticated, and system:service-account-issuer-discovery to service accounts.
PUBLIC_PATHS = ("/healthz", "/livez", "/readyz", "/version")
DISCOVERY_PATHS = ("/api", "/apis", "/openapi")
ISSUER_PATHS = ("/.well-known/openid-configuration", "/openid/v1/jwks")
BASIC_USER = (
    (AUTHENTICATION, SELF_SUBJECT_REVIEWS.plural),
    (AUTHORIZATION, SELF_SUBJECT_ACCESS_REVIEWS.plural),
    (AUTHORIZATION, SELF_SUBJECT_RULES_REVIEWS.plural),
)


@dataclass(frozen=True, slots=True)
class User:
    """Who the bearer of a token is."""

    name: str
    groups: tuple[str, ...]
    uid: str = ""
    token_id: str = ""

    def info(self) -> dict[str, Any]:
        """The UserInfo of reviews."""
        found: dict[str, Any] = {"username": self.name}
        if self.uid:
            found["uid"] = self.uid
        found["groups"] = list(self.groups)
        if self.token_id:
            found["extra"] = {"authentication.kubernetes.io/credential-id": [f"JTI={self.token_id}"]}
        return found


def account_user(bearer: Bearer) -> User:
    """The user that a service account's token stands for."""
    metadata = bearer.account["metadata"]
    groups = (
        SERVICE_ACCOUNTS_GROUP,
        f"{SERVICE_ACCOUNTS_GROUP}:{metadata['namespace']}",
        "system:authenticated",
    )
    return User(subject(bearer.account), groups, metadata["uid"], bearer.token_id)


@dataclass(frozen=True, slots=True)
class Administrator:
    """The kubeconfig's user: may do everything but what is refused."""

    name: str
    denied: frozenset[Permission]
    token: Secret = field(default_factory=lambda: Secret(secrets.token_urlsafe(32)))

    @property
    def user(self) -> User:
        return User(self.name, (MASTERS, "system:authenticated"))

    def holds(self, token: Secret) -> bool:
        """Whether this is the administrator's token."""
        return secrets.compare_digest(token.reveal().encode(), self.token.reveal().encode())


def allowed(user: User, wanted: Attributes, denied: frozenset[Permission]) -> bool:
    """Whether the user may."""
    if MASTERS in user.groups:
        scoped = f"{wanted.permission} in {wanted.namespace}"
        return wanted.permission not in denied and scoped not in denied
    if wanted.plural:
        return wanted.verb == "create" and (wanted.group, wanted.plural) in BASIC_USER
    return wanted.verb == "get" and (_everyones(wanted.path) or reads_issuer(user, wanted))


def reads_issuer(user: User, wanted: Attributes) -> bool:
    """Whether this is a service account that reads the issuer's documents."""
    is_document = not wanted.plural and wanted.path.rstrip("/") in ISSUER_PATHS
    return is_document and SERVICE_ACCOUNTS_GROUP in user.groups


def _everyones(path: str) -> bool:
    if path.rstrip("/") in (*PUBLIC_PATHS, *DISCOVERY_PATHS):
        return True
    return any(path.startswith(f"{prefix}/") for prefix in DISCOVERY_PATHS)


def refusal(user: User, wanted: Attributes) -> StatusError:
    """Forbidden, with the user and what was asked for."""
    if not wanted.plural:
        message = f'forbidden: User "{user.name}" cannot {wanted.verb} path "{wanted.path}"'
        return StatusError(403, "Forbidden", message, {})
    named = f"{wanted.plural}/{wanted.subresource}" if wanted.subresource else wanted.plural
    scope = f'in the namespace "{wanted.namespace}"' if wanted.namespace else "at the cluster scope"
    because = (
        f'User "{user.name}" cannot {wanted.verb} resource "{named}" in API group "{wanted.group}" {scope}'
    )
    return forbidden(wanted.plural, wanted.group, wanted.name, because)
