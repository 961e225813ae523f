"""What is asked of a policy: who wants to do what to which resource, under which circumstances."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from keystone_check.iam.verdicts import Unknown, Verdict

__all__ = [
    "Anonymous",
    "AwsPrincipal",
    "Federated",
    "Principal",
    "Request",
    "Service",
    "Unknown",
    "Verdict",
]


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
    keys: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    """The context by key in lower case."""
    parts: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The six of the resource's ARN; none when the resource is no ARN."""

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            """`keys` and `parts` when they are first asked for: most requests need one of them or none."""
            match name:
                case "keys":
                    found = _by_lower_case(self.context)
                case "parts":
                    found = arn_parts(self.resource)
                case _:
                    raise AttributeError(name)
            object.__setattr__(self, name, found)
            return found

    def values(self, key: str) -> tuple[str, ...] | Unknown:
        """The values of a condition key: none when it is missing."""
        found = self.keys.get(key.lower())
        return self.absent(key) if found is None and self.unknown else found or ()

    def absent(self, key: str) -> tuple[str, ...] | Unknown:
        """What is known of a key that is not in `context`: that it is missing, or not even that."""
        name = key.lower()
        if any(fnmatchcase(name, pattern) for pattern in self.unknown):
            return Unknown(f"the value of {key} is not known here")
        return ()


def _by_lower_case(context: Mapping[str, tuple[str, ...] | str]) -> dict[str, tuple[str, ...]]:
    return {
        key.lower(): (value,) if isinstance(value, str) else tuple(value) for key, value in context.items()
    }


def arn_parts(text: str) -> tuple[str, ...]:
    """The six parts of an ARN; none when the text is no ARN."""
    parts = text.split(":", 5)
    return tuple(parts) if len(parts) == 6 and parts[0] == "arn" else ()
