"""Why a statement does not match, element by element and key by key, and which came nearest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from keystone_check.iam import elements
from keystone_check.iam.conditions import judge
from keystone_check.iam.language import Condition, Effect, Policy, Principals, Statement
from keystone_check.iam.request import (
    Anonymous,
    AwsPrincipal,
    Federated,
    Principal,
    Request,
    Service,
    Unknown,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One element or condition key of a statement beside what the request has.

    `matched` is None when nobody here can know. `missing` says that the request has no such key,
    which is another thing than a different value.
    """

    element: str
    """`Action`, `NotPrincipal`, `Condition StringEquals host:sub`."""
    matched: bool | None
    expected: tuple[str, ...]
    actual: tuple[str, ...]
    missing: bool = False
    because: str = ""

    def __str__(self) -> str:
        expected = " or ".join(f'"{value}"' for value in self.expected) or "nothing"
        if self.because:
            return f"{self.element} expects {expected}: {self.because}"
        if self.missing:
            return f"{self.element} expects {expected}, the request has no such key"
        actual = ", ".join(f'"{value}"' for value in self.actual)
        return f"{self.element} expects {expected}, the request has {actual}"


@dataclass(frozen=True, slots=True)
class Miss:
    """A statement that does not match and what would have to change."""

    statement: Statement
    changes: tuple[Part, ...]

    def __str__(self) -> str:
        return f"{self.statement.name}: {'; '.join(map(str, self.changes))}"


def explain(statement: Statement, request: Request) -> tuple[Part, ...]:
    """Every element of the statement and whether it matches."""
    return tuple(_parts(statement, request))


def nearest(policies: Iterable[Policy], request: Request, most: int = 3) -> tuple[Miss, ...]:
    """The allowing statements that need the fewest changes, nearest first."""
    allowing = [
        statement
        for policy in policies
        for statement in policy.statements
        if statement.effect is Effect.ALLOW
    ]
    misses = [
        Miss(statement, tuple(part for part in _parts(statement, request) if part.matched is not True))
        for statement in allowing
    ]
    return tuple(sorted((miss for miss in misses if miss.changes), key=_distance)[:most])


def _distance(miss: Miss) -> tuple[int, int]:
    """A statement about another action or principal is further off than one with another value."""
    foreign = sum(not part.element.startswith("Condition") for part in miss.changes)
    return foreign, len(miss.changes)


def _parts(statement: Statement, request: Request) -> Iterator[Part]:
    def prefix(negated: bool) -> str:
        return "Not" if negated else ""

    if statement.principals is not None:
        yield _part(
            f"{prefix(statement.not_principals)}Principal",
            elements.principal(statement, request),
            _listed(statement.principals),
            (spoken(request.principal),),
        )
    yield _part(
        f"{prefix(statement.not_actions)}Action",
        elements.action(statement, request),
        statement.actions,
        (request.action,),
    )
    if statement.resources:
        yield _part(
            f"{prefix(statement.not_resources)}Resource",
            elements.resource(statement, request),
            statement.resources,
            (request.resource,),
        )
    for condition in statement.conditions:
        yield of_condition(condition, request, statement.variables)


def of_condition(condition: Condition, request: Request, variables: bool) -> Part:
    """One condition key beside the request's values."""
    actual = request.values(condition.key)
    found = () if isinstance(actual, Unknown) else actual
    verdict = judge(condition, request, variables)
    name = f"Condition {condition.operator} {condition.key}"
    return _part(name, verdict, condition.values, found, missing=actual == ())


def spoken(principal: Principal) -> str:
    """A principal as a policy would name it."""
    match principal:
        case Anonymous():
            return "an anonymous caller"
        case AwsPrincipal(arn) | Federated(arn):
            return arn
        case Service(name):
            return name


def _part(
    element: str,
    verdict: bool | Unknown,
    expected: tuple[str, ...],
    actual: tuple[str, ...],
    missing: bool = False,
) -> Part:
    if isinstance(verdict, Unknown):
        return Part(element, None, expected, actual, missing, verdict.because)
    return Part(element, verdict, expected, actual, missing)


def _listed(named: Principals) -> tuple[str, ...]:
    return (*named.aws, *named.federated, *named.service, *named.canonical)
