"""How a fact can be: seen, known to be absent, or missing with a reason. Never None for 'could not read'."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that nobody could read, in the words of the action that failed.

    `because` is one sentence ("iam:GetRole app-api: AccessDenied"); `permission` is the right that
    would release it ("iam:GetRole", "create serviceaccounts/token"), empty when no right would.
    """

    fact: str
    because: str
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Absent:
    """A thing that was looked for, with every right to see it, and is not there."""

    fact: str
    because: str


T = TypeVar("T")


@dataclass(frozen=True)
class Subjects(Generic[T]):
    """Facts of one kind by subject, in the order they were read; gaps stand beside what was seen.

    Without slots, for the index that is made when one is first asked for by name.
    """

    entries: tuple[tuple[str, T | Absent | Missing], ...] = ()

    def __getitem__(self, name: str) -> T | Absent | Missing:
        found = self._by_name.get(name)
        return Missing(name, f"{name} was not asked for") if found is None else found

    @cached_property
    def _by_name(self) -> dict[str, T | Absent | Missing]:
        return dict(reversed(self.entries))  # of two with one name the first counts

    def __iter__(self) -> Iterator[tuple[str, T | Absent | Missing]]:
        return iter(self.entries)

    def seen(self) -> Iterator[tuple[str, T]]:
        """The subjects that were read, without the gaps."""
        for name, value in self.entries:
            if not isinstance(value, Absent | Missing):
                yield name, value

    def put(self, name: str, value: T | Absent | Missing) -> "Subjects[T]":
        """The same facts with one subject replaced, or added at the end."""
        if any(key == name for key, _ in self.entries):
            return Subjects(tuple((key, value if key == name else old) for key, old in self.entries))
        return Subjects((*self.entries, (name, value)))

    def without(self, name: str) -> "Subjects[T]":
        """The same facts, one subject fewer."""
        return Subjects(tuple(entry for entry in self.entries if entry[0] != name))
