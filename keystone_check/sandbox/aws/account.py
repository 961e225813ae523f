"""One account of the sandbox: who may call, as whom, and what is refused."""

import secrets
import threading
from dataclasses import dataclass, field

from keystone_check.model.access import StaticCredentials
from keystone_check.model.secret import Secret
from keystone_check.sandbox.pace import Pace


@dataclass(frozen=True, slots=True, eq=False)
class SessionCredentials:
    """What AssumeRoleWithWebIdentity hands out."""

    access_key_id: str
    secret_access_key: Secret
    session_token: Secret
    expires_at: int


@dataclass(eq=False)
class Account:
    """Known access keys with the identity behind each, and the actions that are refused."""

    id: str
    region: str
    owner_arn: str
    credentials: StaticCredentials = field(repr=False)
    denied: frozenset[str] = frozenset()
    """Actions such as `iam:GetRole` that answer AccessDenied."""
    pace: Pace = field(default_factory=Pace)
    asked: set[tuple[str, str]] = field(default_factory=set)
    """Every action that a request needed, with the ARN of what it was asked of."""
    _identities: dict[str, str] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def open(cls, id: str, region: str, owner_arn: str, denied: frozenset[str] = frozenset()) -> "Account":
        """An account whose owner has fresh random credentials."""
        credentials = StaticCredentials(
            Secret(f"AKIASANDBOX{secrets.token_hex(5).upper()[:9]}"), Secret(secrets.token_urlsafe(30))
        )
        account = cls(id, region, owner_arn, credentials, denied)
        account._identities[credentials.access_key_id.reveal()] = owner_arn
        return account

    def identity(self, access_key_id: str) -> str:
        """The ARN behind an access key; empty when nobody knows it."""
        with self._lock:
            return self._identities.get(access_key_id, "")

    def open_session(self, arn: str, expires_at: int) -> SessionCredentials:
        """Temporary credentials for an assumed role's session."""
        key = f"ASIASANDBOX{secrets.token_hex(5).upper()[:9]}"
        with self._lock:
            self._identities[key] = arn
        return SessionCredentials(
            key, Secret(secrets.token_urlsafe(30)), Secret(secrets.token_urlsafe(120)), expires_at
        )
