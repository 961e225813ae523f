"""The decision: an explicit deny first, then what allows, and never a guess.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from keystone_check.iam.elements import matches
from keystone_check.iam.explain import Miss, nearest
from keystone_check.iam.language import Effect, Policy, PolicyKind, Statement
from keystone_check.iam.policy import Reading
from keystone_check.iam.request import Request, Unknown
from keystone_check.model.facts import Missing

_LIMITS = (PolicyKind.SCP, PolicyKind.RCP, PolicyKind.BOUNDARY, PolicyKind.SESSION)
"""Policies that never grant: where some of a kind are given, one of them has to allow as well."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The statement that allows."""

    statement: Statement


@dataclass(frozen=True, slots=True)
class Denied:
    """The statement that denies; None when nothing allows."""

    statement: Statement | None
    _policies: tuple[Policy, ...] = field(default=(), repr=False, compare=False)
    _request: Request | None = field(default=None, repr=False, compare=False)

    @property
    def misses(self) -> tuple[Miss, ...]:
        """The allowing statements that came nearest, with what kept each from matching."""
        return nearest(self._policies, self._request) if self._request else ()

    @property
    def because(self) -> str:
        """The denial in one sentence."""
        if self.statement:
            return f"{self.statement.name} denies it"
        misses = self.misses
        return f"no statement allows it; the nearest: {misses[0]}" if misses else "no statement allows it"


@dataclass(frozen=True, slots=True)
class Undecided:
    """Why nobody here can say."""

    because: tuple[Missing | str, ...]

    def __str__(self) -> str:
        return "; ".join(why.because if isinstance(why, Missing) else why for why in self.because)


Decision = Allowed | Denied | Undecided


def decide(policies: Iterable[Policy | Reading], request: Request) -> Decision:
    """What AWS decides on these policies together, and on nothing else.

    1. A statement that denies and matches decides.
    2. A policy that could not be read, or a denial that may match, leaves it open.
    3. A boundary, session policy, SCP or RCP has to allow as well, for each kind that is given.
    4. An identity, resource or trust policy has to allow; nothing does: denied.

    Steps 2 to 4 leave open only what an answer could still change: when nothing can allow, it is denied.
    """
    given = tuple(policies)
    unread = tuple(
        f"a policy cannot be read: {item.because}"
        for item in given
        if isinstance(item, Reading) and item.policy is None
    )
    readable = [item.policy if isinstance(item, Reading) else item for item in given]
    known = tuple(policy for policy in readable if policy is not None)
    denial = _first(known, Effect.DENY, request)
    if isinstance(denial, Statement):  # 1
        return Denied(denial, known, request)
    if unread:  # 2
        return Undecided(unread)
    grants = [_first(group, Effect.ALLOW, request) for group in _groups(known)]  # 3, 4
    if not grants or None in grants:
        return Denied(None, known, request)
    open_ends = tuple(end.because for end in (denial, *grants) if isinstance(end, Unknown))
    granting = grants[-1]
    if open_ends or not isinstance(granting, Statement):
        return Undecided(tuple(dict.fromkeys(open_ends)))
    return Allowed(granting)


def _groups(policies: Sequence[Policy]) -> list[tuple[Policy, ...]]:
    """Every group has to allow; the last holds the policies that grant."""
    limits = [tuple(policy for policy in policies if policy.kind is kind) for kind in _LIMITS]
    grants = tuple(policy for policy in policies if policy.kind not in _LIMITS)
    return [*filter(None, limits), grants]


def _first(policies: Iterable[Policy], effect: Effect, request: Request) -> Statement | Unknown | None:
    """The first statement of that effect that matches; else why one may; else None."""
    unknown: Unknown | None = None
    for policy in policies:
        for statement in policy.statements:
            verdict = matches(statement, request) if statement.effect is effect else False
            if verdict is True:
                return statement
            if isinstance(verdict, Unknown):
                unknown = unknown or verdict
    return unknown
