"""Where two worlds differ: a path to each place, and what stands there on either side.

1. Subjects and mappings are compared by name, values of `model/` by field, lists of texts item by item.
2. What is another with every look and says nothing of the chain is left out: times, and how long it took.
3. What could not be read on one side is a difference of its own: nobody knows what it was.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from keystone_check.model.cluster import Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.servers import Clocks
from keystone_check.model.world import World

NOWHERE = Absent("", "not there")
"""What stands on the side that has no such subject, key or item."""
NEAR = 5
"""Seconds by which clocks may be told apart from one look to the next."""
_PASSING = frozenset({"now", "milliseconds", "attempts", "size", "since", "accepted"})
_ON_DEMAND = (("answers",), ("recorded",), ("opinions",), ("dry_runs",))
_CLAIMS = frozenset({"iat", "exp", "nbf", "jti"})


@dataclass(frozen=True, slots=True)
class Differing:
    """One place."""

    path: tuple[str, ...]
    was: object
    now: object

    @property
    def came(self) -> bool:
        """Whether it is there now and was not."""
        return isinstance(self.was, Absent)

    @property
    def went(self) -> bool:
        """Whether it was there and is not."""
        return isinstance(self.now, Absent)


def differences(was: World, now: World) -> tuple[Differing, ...]:
    """Every place in which they differ, in the order of the World's fields."""
    return tuple(_walked(was, now, ()))


def _walked(was: Any, now: Any, path: tuple[str, ...]) -> Iterator[Differing]:
    if was == now or (path and path[-1] in _passing(path)) or _asked_otherwise(was, now, path):
        return
    match was, now:
        case Subjects(), Subjects():
            yield from _named(dict(was), dict(now), path)
        case Mapping(), Mapping():
            yield from _named(was, now, path)
        case tuple(), tuple() if _texts(was) and _texts(now):
            yield from _listed(was, now, path)
        case Clocks(), Clocks() if _near(was, now):
            return
        case Token(), Token() if _lifetime(was) != _lifetime(now):
            yield Differing((*path, "lifetime"), _lifetime(was), _lifetime(now))
            yield from _by_field(was, now, path)
        case _ if _alike(was, now):
            yield from _by_field(was, now, path)
        case _:
            yield Differing(path, was, now)


def _asked_otherwise(was: object, now: object, path: tuple[str, ...]) -> bool:
    """Whether it is there on one side alone because only that look was told to read it."""
    return path in _ON_DEMAND and (isinstance(was, Absent) or isinstance(now, Absent))


def _by_field(was: Any, now: Any, path: tuple[str, ...]) -> Iterator[Differing]:
    for field in fields(was):
        yield from _walked(getattr(was, field.name), getattr(now, field.name), (*path, field.name))


def _lifetime(token: Token) -> object:
    """Seconds from its making to its end: the two times themselves are others with every token."""
    made, ends = token.claims.get("iat"), token.claims.get("exp")
    return ends - made if isinstance(made, int) and isinstance(ends, int) else None


def _passing(path: tuple[str, ...]) -> frozenset[str]:
    """2."""
    return _CLAIMS if "claims" in path[-2:] else _PASSING


def _named(
    was: Mapping[str, object], now: Mapping[str, object], path: tuple[str, ...]
) -> Iterator[Differing]:
    for name in dict.fromkeys((*was, *now)):
        yield from _walked(was.get(name, NOWHERE), now.get(name, NOWHERE), (*path, name))


def _listed(was: tuple[str, ...], now: tuple[str, ...], path: tuple[str, ...]) -> Iterator[Differing]:
    """Items that came and went; where there is neither, the order is another."""
    before, after = set(was), set(now)
    went = [item for item in was if item not in after]
    came = [item for item in now if item not in before]
    yield from (Differing((*path, item), item, NOWHERE) for item in went)
    yield from (Differing((*path, item), NOWHERE, item) for item in came)
    if not went and not came:
        yield Differing(path, was, now)


def _texts(items: Iterable[object]) -> bool:
    return all(isinstance(item, str) for item in items)


def _near(was: Clocks, now: Clocks) -> bool:
    pairs = ((was.cluster, now.cluster), (was.aws, now.aws))
    return all(
        one == other or (isinstance(one, int) and isinstance(other, int) and abs(one - other) <= NEAR)
        for one, other in pairs
    )


def _alike(was: object, now: object) -> bool:
    """Whether they are two values of one class, to be compared field by field; a gap is one value."""
    gap = isinstance(was, Absent | Missing)
    return type(was) is type(now) and is_dataclass(was) and not gap and not isinstance(was, type)
