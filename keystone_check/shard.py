"""A share of several clusters: `2/5` is the second of five jobs, each of which looks at other clusters."""

from collections.abc import Iterable
from typing import NamedTuple

from keystone_check.errors import UsageError

MOST = 1000


class Shard(NamedTuple):
    """The `number`th of `of`, counted from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def shard(text: str) -> Shard:
    """`2/5`, read; UsageError for what is none."""
    number, slash, of = text.partition("/")
    if slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of) <= MOST:
        return Shard(int(number), int(of))
    raise UsageError(f"{text!r} is no shard", "write 1/5 for the first of five, up to 5/5 for the last")


def share(names: Iterable[str], part: Shard | None) -> tuple[str, ...]:
    """The clusters of this shard, sorted; without one all of them, as named.

    They are dealt by name one after another, so that shares differ by one at most and their order on the
    command line or in the configuration is no matter.
    """
    once = tuple(dict.fromkeys(names))
    return tuple(sorted(once)[part.number - 1 :: part.of]) if part else once
