"""One account of the sandbox: who may call, as whom, and what is refused."""

import secrets
import threading
import time
from collections.abc import Callable, Collection, Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from keystone_check.iam.s3_address import partition_of
from keystone_check.model.access import StaticCredentials
from keystone_check.model.secret import Secret
from keystone_check.sandbox.aws.landscape import Landscape
from keystone_check.sandbox.mishaps import Mishaps
from keystone_check.sandbox.pace import Pace


@dataclass(frozen=True, slots=True, eq=False)
class SessionCredentials:
    """What AssumeRoleWithWebIdentity hands out."""

    access_key_id: str
    secret_access_key: Secret
    session_token: Secret
    expires_at: int


def _wall_clock() -> int:
    return int(time.time())


@dataclass(eq=False)
class Account:
    """Known access keys with the identity behind each, and the actions that are refused."""

    id: str
    region: str
    owner_arn: str
    credentials: StaticCredentials = field(repr=False)
    denied: Container[str] = ()
    """Actions such as `iam:GetRole` that answer AccessDenied."""
    pace: Pace = field(default_factory=Pace)
    mishaps: Mishaps = field(default_factory=Mishaps)
    clock: Callable[[], int] = field(default=_wall_clock, repr=False)
    created: dict[str, int] = field(default_factory=dict)
    """When each provider was made, by ARN."""
    foreign: frozenset[str] = frozenset()
    """Buckets that stand for another account's: these credentials do what everybody may, and no more."""
    opened: bool = False
    """Whether it was loaded: from then on buckets are made as S3 makes new ones."""
    landscape: Landscape = field(default_factory=Landscape, repr=False)
    """What operators name beside roles."""
    organization: str | None = None
    """The S3 policy in force, as JSON; empty for an organization without one, None for no organization."""
    throttled: Mapping[str, Collection[int]] = field(default_factory=dict)
    """By service, which of its requests are refused because there are too many: 1 is the first."""
    asked: set[tuple[str, str]] = field(default_factory=set)
    """Every action that a request needed, with the ARN of what it was asked of."""
    events: list[dict[str, Any]] = field(default_factory=list)
    """What CloudTrail recorded, in its own form; the latest first."""
    _identities: dict[str, str] = field(default_factory=dict, repr=False)
    _counts: dict[str, int] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def open(cls, id: str, region: str, owner_arn: str, denied: Container[str] = ()) -> "Account":
        """An account whose owner has fresh random credentials."""
        credentials = StaticCredentials(
            Secret(f"AKIASANDBOX{secrets.token_hex(5).upper()[:9]}"), Secret(secrets.token_urlsafe(30))
        )
        account = cls(id, region, owner_arn, credentials, denied)
        account._identities[credentials.access_key_id.reveal()] = owner_arn
        return account

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn`, `aws-us-gov`."""
        return partition_of(self.region)

    def throttles(self, service: str) -> bool:
        """Count a request of that service, and tell whether it comes too soon."""
        with self._lock:
            self._counts[service] = self._counts.get(service, 0) + 1
            return self._counts[service] in self.throttled.get(service, ())

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
