"""Which statements are about an action: a table of names, and patterns by service."""

from collections.abc import Iterable, Sequence
from sys import intern

from keystone_check.iam.language import Statement
from keystone_check.iam.wildcards import Plain, is_literal, wild


class Actions:
    """The statements of some policies by what their Action says, each known by its number."""

    __slots__ = ("_excepting", "_literal", "_patterns")

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._literal: dict[str, tuple[int, ...]] = {}
        self._patterns: dict[str, list[tuple[Plain, int]]] = {}
        self._excepting: list[tuple[frozenset[str], list[Plain], int]] = []
        for number, statement in enumerate(statements):
            entries = [intern(entry.lower()) for entry in statement.actions]
            if statement.not_actions:
                literals = frozenset(filter(is_literal, entries))
                patterns = [wild(entry) for entry in entries if entry not in literals]
                self._excepting.append((literals, patterns, number))
            else:
                self._add(entries, number)

    def _add(self, entries: Iterable[str], number: int) -> None:
        for entry in entries:
            if is_literal(entry):
                self._literal[entry] = (*self._literal.get(entry, ()), number)
            else:
                service = entry.partition(":")[0]
                place = service if is_literal(service) else ""
                self._patterns.setdefault(place, []).append((wild(entry), number))

    def about(self, action: str) -> tuple[int, ...]:
        """The numbers of the statements whose Action or NotAction takes the action in, in their order."""
        name = action.lower()
        numbers = set(self._literal.get(name, ()))
        if self._patterns:
            for place in (name.partition(":")[0], ""):
                found = self._patterns.get(place, ())
                numbers.update(number for matches, number in found if matches(name))
        for literals, patterns, number in self._excepting:
            if name not in literals and not any(matches(name) for matches in patterns):
                numbers.add(number)
        return tuple(sorted(numbers))
