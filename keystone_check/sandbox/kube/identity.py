"""Who asks, and what they may: bearer tokens in, a user out; refused permissions by name."""

import secrets
from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass
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
AUTHENTICATED = "system:authenticated"
SERVICE_ACCOUNTS_GROUP = "system:serviceaccounts"
EXTRA = "authentication.kubernetes.io/"
ISSUER_DISCOVERY = "system:service-account-issuer-discovery"
DISCOVERY = "system:discovery"
BASIC = "system:basic-user"

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
    extra: tuple[tuple[str, str], ...] = ()
    """What the token adds, without the prefix `authentication.kubernetes.io/`."""

    def info(self) -> dict[str, Any]:
        """The UserInfo of reviews."""
        found: dict[str, Any] = {"username": self.name}
        if self.uid:
            found["uid"] = self.uid
        found["groups"] = list(self.groups)
        if self.extra:
            found["extra"] = {f"{EXTRA}{key}": [value] for key, value in self.extra}
        return found


def account_user(bearer: Bearer) -> User:
    """The user that a service account's token stands for."""
    metadata = bearer.account["metadata"]
    groups = (
        SERVICE_ACCOUNTS_GROUP,
        f"{SERVICE_ACCOUNTS_GROUP}:{metadata['namespace']}",
        AUTHENTICATED,
    )
    return User(subject(bearer.account), groups, metadata["uid"], bearer.extra)


@dataclass(frozen=True, slots=True)
class Users:
    """The people who have a token of their own, and what even the administrator may not."""

    known: tuple[tuple[User, Secret], ...]
    denied: Container[Permission]

    def bearer(self, token: Secret) -> User | None:
        """Whose token this is."""
        given = token.reveal().encode()
        found = [user for user, own in self.known if secrets.compare_digest(given, own.reveal().encode())]
        return found[0] if found else None

    def token_of(self, name: str) -> Secret:
        """A user's token."""
        return next(token for user, token in self.known if user.name == name)


def users(administrator: str, guests: Iterable[str], denied: Container[Permission]) -> Users:
    """An administrator and guests, each with a new random token."""
    people = (
        User(administrator, (MASTERS, AUTHENTICATED)),
        *(User(guest, (AUTHENTICATED,)) for guest in guests),
    )
    return Users(tuple((user, Secret(secrets.token_urlsafe(32))) for user in people), denied)


def allowed(
    user: User, wanted: Attributes, denied: Container[Permission], closed: Collection[str] = ()
) -> bool:
    """Whether the user may; `closed` are paths that no cluster role opens to service accounts any more."""
    if MASTERS in user.groups:
        scoped = f"{wanted.permission} in {wanted.namespace}"
        return wanted.permission not in denied and scoped not in denied
    return wanted.path.rstrip("/") not in closed and bool(role(user, wanted))


def role(user: User, wanted: Attributes) -> tuple[str, str] | None:
    """The cluster role, one of those that are always there, that allows it, and the group that has it."""
    if wanted.plural:
        basic = wanted.verb == "create" and (wanted.group, wanted.plural) in BASIC_USER
        return (BASIC, AUTHENTICATED) if basic else None
    if wanted.verb != "get":
        return None
    if wanted.path.rstrip("/") in ISSUER_PATHS and SERVICE_ACCOUNTS_GROUP in user.groups:
        return ISSUER_DISCOVERY, SERVICE_ACCOUNTS_GROUP
    return (DISCOVERY, AUTHENTICATED) if _everyones(wanted.path) else None


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
