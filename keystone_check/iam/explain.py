"""Why a statement does not match, element by element and key by key, and which came nearest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from keystone_check.iam import elements
from keystone_check.iam.compiled import Compiled, Ready
from keystone_check.iam.conditions import judge
from keystone_check.iam.language import Condition, Policy, Principals, Statement
from keystone_check.iam.request import (
    Anonymous,
    AwsPrincipal,
    Federated,
    Principal,
    Request,
    Service,
    Unknown,
    Verdict,
)

SAID = 3
"""As many of a long list of values are said."""


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
        nearest = _nearest(self.expected, self.actual)
        expected = " or ".join(f'"{value}"' for value in nearest) or "nothing"
        if more := len(self.expected) - len(nearest):
            expected += f" or one of {more} more"
        if self.because:
            return f"{self.element} expects {expected}: {self.because}"
        if self.missing:
            return f"{self.element} expects {expected}, the request has no such key"
        actual = ", ".join(f'"{value}"' for value in self.actual)
        return f"{self.element} expects {expected}, the request has {actual}"


def _nearest(expected: tuple[str, ...], actual: tuple[str, ...]) -> tuple[str, ...]:
    """A few values are all said; of many those that are most like what was asked for."""
    if len(expected) <= SAID + 1:
        return expected
    return tuple(get_close_matches(" ".join(actual), expected, SAID, 0))


@dataclass(frozen=True, slots=True)
class Miss:
    """A statement that does not match and what would have to change."""

    statement: Statement
    changes: tuple[Part, ...]

    def __str__(self) -> str:
        return f"{self.statement.name}: {'; '.join(map(str, self.changes))}"


def explain(statement: Statement, request: Request) -> tuple[Part, ...]:
    """Every element of the statement and whether it matches."""
    return tuple(_parts(Ready(statement), elements.action(statement, request), request))


def nearest(policies: Compiled | Iterable[Policy], request: Request, most: int = 3) -> tuple[Miss, ...]:
    """The allowing statements that need the fewest changes, nearest first.

    1. A statement about another action, principal or resource is further off than one with other values:
       statements are ranked by that first, which is cheap to ask.
    2. Conditions are compared rank by rank, until there are enough misses.
    3. Only what is returned is put into words.
    """
    law = policies if isinstance(policies, Compiled) else Compiled(policies)
    about = law.about(request.action).numbers
    found: list[tuple[Ready, bool]] = []
    for foreign, rank in sorted(_by_rank(law, about, request).items()):  # 1
        misses = [(foreign + _unmet(ready, request), ready, acts) for ready, acts in rank]  # 2
        misses.sort(key=lambda miss: miss[0])
        found += [(ready, acts) for changes, ready, acts in misses if changes]
        if len(found) >= most:
            break
    return tuple(_miss(ready, acts, request) for ready, acts in found[:most])  # 3


def _by_rank(law: Compiled, about: tuple[int, ...], request: Request) -> dict[int, list[tuple[Ready, bool]]]:
    """The allowing statements by how many elements other than conditions do not match."""
    ranks: dict[int, list[tuple[Ready, bool]]] = {}
    for number, ready in law.allowing():
        acts = number in about
        foreign = 0 if acts else 1
        for test in ready.whom_and_where:
            if test(request) is not True:
                foreign += 1
        ranks.setdefault(foreign, []).append((ready, acts))
    return ranks


def _unmet(ready: Ready, request: Request) -> int:
    return len([1 for test in ready.conditions if test(request) is not True])


def _miss(ready: Ready, acts: bool, request: Request) -> Miss:
    return Miss(ready.statement, tuple(_parts(ready, acts, request, but=True)))


def _parts(ready: Ready, acts: bool, request: Request, but: bool | None = None) -> Iterator[Part]:
    """Every element, but those of one verdict."""
    statement = ready.statement
    if statement.principals is not None and ready.principal is not None:
        verdict = ready.principal(request)
        if verdict is not but:
            name = "NotPrincipal" if statement.not_principals else "Principal"
            yield _part(name, verdict, _listed(statement.principals), (spoken(request.principal),))
    if acts is not but:
        name = "NotAction" if statement.not_actions else "Action"
        yield _part(name, acts, statement.actions, (request.action,))
    if ready.resource is not None:
        verdict = ready.resource(request)
        if verdict is not but:
            name = "NotResource" if statement.not_resources else "Resource"
            yield _part(name, verdict, statement.resources, (request.resource,))
    for condition, test in zip(statement.conditions, ready.conditions, strict=True):
        verdict = test(request)
        if verdict is not but:
            yield _of_condition(condition, verdict, request)


def of_condition(condition: Condition, request: Request, variables: bool) -> Part:
    """One condition key beside the request's values."""
    return _of_condition(condition, judge(condition, request, variables), request)


def _of_condition(condition: Condition, verdict: Verdict, request: Request) -> Part:
    actual = request.values(condition.key)
    found = () if isinstance(actual, Unknown) else actual
    name = f"Condition {condition.operator} {condition.key}"
    return _part(name, verdict, condition.values, found, actual == ())


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
