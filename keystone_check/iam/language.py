"""The policy language as values: what a policy says once it has been read."""

from dataclasses import dataclass
from enum import Enum


class PolicyKind(Enum):
    """Where a policy stands; its elements and its part in the decision depend on it."""

    IDENTITY = "identity policy"
    RESOURCE = "resource policy"
    TRUST = "trust policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    SCP = "service control policy"
    RCP = "resource control policy"


class Effect(Enum):
    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, slots=True)
class Principals:
    """A Principal or NotPrincipal element. `*` and `{"AWS": "*"}` are the same (IAM, Principal element)."""

    aws: tuple[str, ...] = ()
    federated: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    canonical: tuple[str, ...] = ()

    @property
    def everyone(self) -> bool:
        return "*" in self.aws


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator: `ForAllValues:StringNotLikeIfExists` is quantifier, name and `if_exists`."""

    name: str
    quantifier: str = ""
    if_exists: bool = False

    @property
    def negated(self) -> bool:
        return "Not" in self.name

    def __str__(self) -> str:
        prefix = f"{self.quantifier}:" if self.quantifier else ""
        return f"{prefix}{self.name}{'IfExists' if self.if_exists else ''}"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition key under one operator; any of `values` satisfies it, none when it is negated."""

    operator: Operator
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `not_actions` says that `actions` came from NotAction, and so on."""

    place: str
    """`Statement[2]`, as it stands in the document."""
    sid: str
    effect: Effect
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: Principals | None
    conditions: tuple[Condition, ...] = ()
    not_actions: bool = False
    not_resources: bool = False
    not_principals: bool = False
    variables: bool = True
    """Whether `${…}` are variables: only in version 2012-10-17."""

    @property
    def name(self) -> str:
        """The statement as a reader finds it."""
        return f'{self.place} "{self.sid}"' if self.sid else self.place


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy that AWS would store."""

    kind: PolicyKind
    version: str
    statements: tuple[Statement, ...]
    id: str = ""


_COMPARISONS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
OPERATORS = frozenset(
    (
        *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
        *("StringLike", "StringNotLike"),
        *(f"Numeric{comparison}" for comparison in _COMPARISONS),
        *(f"Date{comparison}" for comparison in _COMPARISONS),
        *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress"),
        *("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null"),
    )
)
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"""
