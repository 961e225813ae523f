"""What is asked of a policy: who wants to do what to which resource, under which circumstances."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Unknown:
    """An outcome that depends on what nobody here can know."""

    because: str


@dataclass(frozen=True, slots=True)
class Anonymous:
    """A caller without credentials."""


@dataclass(frozen=True, slots=True)
class AwsPrincipal:
    """An IAM user, role, role session or root user, by ARN."""

    arn: str

    @property
    def account(self) -> str:
        parts = self.arn.split(":")
        return parts[4] if len(parts) > 5 else ""


@dataclass(frozen=True, slots=True)
class Federated:
    """A web identity, by the ARN of the provider that vouches for it."""

    provider_arn: str


@dataclass(frozen=True, slots=True)
class Service:
    """An AWS service, such as `ec2.amazonaws.com`."""

    name: str


Principal = Anonymous | AwsPrincipal | Federated | Service
Verdict = bool | Unknown


@dataclass(frozen=True, slots=True)
class Request:
    """One question. Condition keys are not case-sensitive; a key that is in neither `context` nor
    `unknown` is known to be missing from the request."""

    action: str
    resource: str
    principal: Principal
    context: Mapping[str, tuple[str, ...] | str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    """Shell patterns of keys whose value nobody here knows, such as `aws:*`, in lower case."""
    _keys: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        keys = {
            key.lower(): (value,) if isinstance(value, str) else tuple(value)
            for key, value in self.context.items()
        }
        object.__setattr__(self, "_keys", keys)

    def values(self, key: str) -> tuple[str, ...] | Unknown:
        """The values of a condition key: none when it is missing."""
        name = key.lower()
        found = self._keys.get(name)
        if found is None and any(fnmatchcase(name, pattern) for pattern in self.unknown):
            return Unknown(f"the value of {key} is not known here")
        return found or ()
