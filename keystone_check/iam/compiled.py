"""Policies made ready for many questions: what a request does not change is worked out once.

Statements are found by the action and made ready when one is first asked about; denials come first.
"""

from collections.abc import Iterable, Sequence
from functools import partial

from keystone_check.iam import elements
from keystone_check.iam.actions import Actions
from keystone_check.iam.conditions import Test, prepared
from keystone_check.iam.language import Effect, Policy, PolicyKind, Statement
from keystone_check.iam.policy import Reading

LIMITS = (PolicyKind.SCP, PolicyKind.RCP, PolicyKind.BOUNDARY, PolicyKind.SESSION)
"""Policies that never grant: where some of a kind are given, one of them has to allow as well."""
_MOST_ACTIONS = 2048
"""Names remembered; a request may bring any."""


class Ready:
    """A statement and its elements but the action, each made ready. None: it has no such element."""

    __slots__ = ("conditions", "principal", "resource", "statement", "tests", "whom_and_where")

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        named = statement.principals is not None
        self.principal: Test | None = partial(elements.principal, statement) if named else None
        self.resource: Test | None = elements.resources(statement) if statement.resources else None
        self.conditions = tuple(
            prepared(condition, statement.variables) for condition in statement.conditions
        )
        anywhere = "*" in statement.resources and not statement.not_resources
        given = (self.principal, None if anywhere else self.resource)
        self.whom_and_where = tuple(test for test in given if test)
        """Principal and resource, as far as they keep anything out."""
        self.tests = (*self.whom_and_where, *self.conditions)


Groups = tuple[tuple[Ready, ...], ...]


class About:
    """The statements about one action."""

    __slots__ = ("denials", "grants", "numbers")

    def __init__(self, numbers: tuple[int, ...], denials: tuple[Ready, ...], grants: Groups | None) -> None:
        self.numbers = numbers
        """Of all statements that match the action."""
        self.denials = denials
        self.grants = grants
        """By kind, the kinds that grant last; None when all of one kind are about other actions."""


_NOTHING = About((), (), None)


class Compiled:
    """Policies that answer requests together; see `evaluate.decide` and `explain.nearest`."""

    __slots__ = (
        *("_about", "_actions", "_allowing", "_gathered", "_groups", "_ready"),
        *("policies", "statements", "unread"),
    )

    def __init__(self, policies: Iterable[Policy | Reading]) -> None:
        given = tuple(policies)
        readable = (item.policy if isinstance(item, Reading) else item for item in given)
        self.policies = tuple(policy for policy in readable if policy is not None)
        self.unread = tuple(
            f"a policy cannot be read: {item.because}"
            for item in given
            if isinstance(item, Reading) and item.policy is None
        )
        """Why some of what was given cannot be read."""
        self.statements = tuple(statement for policy in self.policies for statement in policy.statements)
        self._groups = _groups(self.policies)
        self._actions = Actions(self.statements)
        self._allowing: tuple[tuple[int, Ready], ...] | None = None
        self._ready: dict[int, Ready] = {}
        self._about: dict[str, About] = {}
        self._gathered: dict[tuple[int, ...], About] = {(): _NOTHING}
        """Many actions have the same statements about them."""

    def about(self, action: str) -> About:
        """The statements about an action."""
        found = self._about.get(action)
        return self._look_up(action) if found is None else found

    def ready(self, number: int) -> Ready:
        """One statement made ready."""
        found = self._ready.get(number)
        if found is None:
            found = self._ready[number] = Ready(self.statements[number])
        return found

    def allowing(self) -> tuple[tuple[int, Ready], ...]:
        """Every statement that allows, made ready, with its number."""
        if self._allowing is None:
            allow = [n for n, statement in enumerate(self.statements) if statement.effect is Effect.ALLOW]
            self._allowing = tuple((number, self.ready(number)) for number in allow)
        return self._allowing

    def _look_up(self, action: str) -> About:
        numbers = self._actions.about(action)
        if len(self._about) >= _MOST_ACTIONS:
            self._about.clear()
            self._gathered = {(): _NOTHING}
        found = self._gathered.get(numbers)
        if found is None:
            found = self._gathered[numbers] = self._gather(numbers)
        self._about[action] = found
        return found

    def _gather(self, numbers: tuple[int, ...]) -> About:
        denying = [number for number in numbers if self.statements[number].effect is Effect.DENY]
        allowing = [number for number in numbers if self.statements[number].effect is Effect.ALLOW]
        grants = [tuple(map(self.ready, filter(group.__contains__, allowing))) for group in self._groups]
        return About(numbers, tuple(map(self.ready, denying)), tuple(grants) if all(grants) else None)


def compile(policies: Iterable[Policy | Reading]) -> Compiled:
    """Make policies ready for many requests. What cannot be read leaves every answer open but a denial."""
    return Compiled(policies)


def _groups(policies: Sequence[Policy]) -> list[frozenset[int]]:
    """The numbers of the statements of each kind that has to allow; those of the kinds that grant last."""
    found: dict[PolicyKind | None, list[int]] = {}
    number = 0
    for policy in policies:
        place = policy.kind if policy.kind in LIMITS else None
        found.setdefault(place, []).extend(range(number, number + len(policy.statements)))
        number += len(policy.statements)
    limits = [frozenset(found[kind]) for kind in LIMITS if kind in found]
    return [*limits, frozenset(found.get(None, ()))]
