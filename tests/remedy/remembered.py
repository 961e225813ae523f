"""Judges that remember: asked about the same facts again, they say what they said.

A judge is a pure function of the facts that it names, so that worlds which share facts share judgements.
"""

import pickle
from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import blake2b

from keystone_check.model.finding import Finding
from keystone_check.model.outcome import Check


class Facts:
    """Numbers facts: two have the same number exactly when they are written alike."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._kept: dict[int, tuple[int, object]] = {}
        """By identity; the fact is kept, so that no other gets its identity."""

    def number(self, fact: object) -> int:
        """The fact's number."""
        if id(fact) in self._kept:
            return self._kept[id(fact)][0]
        digest = blake2b(pickle.dumps(fact), digest_size=16).digest()
        number = self._numbers.setdefault(digest, len(self._numbers))
        self._kept[id(fact)] = (number, fact)
        return number

    def forget(self) -> None:
        """Let the facts go; their numbers stand."""
        self._kept.clear()


def remembering(checks: Iterable[Check], facts: Facts) -> tuple[Check, ...]:
    """The same checks, each of which judges the same facts once."""
    return tuple(replace(check, judge=_remembering(check, facts)) for check in checks)


def _remembering(check: Check, facts: Facts) -> Callable[..., Iterable[Finding]]:
    said: dict[tuple[int, ...], tuple[Finding, ...]] = {}

    def judge(**given: object) -> tuple[Finding, ...]:
        key = tuple([facts.number(given[need]) for need in check.needs])
        if key not in said:
            said[key] = tuple(check.judge(**given))
        return said[key]

    return judge
