"""Verdicts of three values: it matches, it does not, nobody here can know."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unknown:
    """An outcome that depends on what nobody here can know."""

    because: str


Verdict = bool | Unknown


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """True as soon as one is; what is unknown is said only when nothing is true."""
    unknown: Verdict = False
    for verdict in verdicts:
        if verdict is True:
            return True
        if isinstance(verdict, Unknown):
            unknown = verdict
    return unknown


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """False as soon as one is; what is unknown is said only when nothing is false."""
    return negation(any_of(map(negation, verdicts)))


def negation(verdict: Verdict) -> Verdict:
    """The opposite; what is unknown stays unknown."""
    return verdict if isinstance(verdict, Unknown) else not verdict
