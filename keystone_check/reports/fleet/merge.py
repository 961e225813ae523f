"""JSON reports of clusters and shards, joined: what is missing, damaged or old among them is never green."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from keystone_check.errors import KeystoneError, UsageError
from keystone_check.reports.fleet.reading import read
from keystone_check.reports.fleet.values import Fleet, Member, together
from keystone_check.shard import Shard

K = TypeVar("K")
MAX_AGE = 36.0
"""Hours: a look every night may be late, and must not be missing twice."""
AHEAD = 300
"""Seconds by which clocks may differ."""


@dataclass(frozen=True, slots=True)
class Result:
    """A file, or an object in a bucket."""

    where: str
    content: bytes | KeystoneError
    """Or why it could not be read."""


def merge(
    results: Sequence[Result], now: int, max_age: float = MAX_AGE, expected: Iterable[str] = ()
) -> Fleet:
    """One report of all; `expected` names clusters that have to be among them.

    UsageError where it would be of nothing, or could not be told what counts: a cluster or a shard that is
    there twice, shards of different numbers.
    """
    if not results:
        raise UsageError("there is nothing to merge", "name files of --format json, or s3://BUCKET/PREFIX/")
    members: list[Member] = []
    shards: dict[Shard, str] = {}
    places: dict[str, str] = {}
    for result in results:
        shard, found = _found(result)
        if shard:
            _once(shards, shard, f"shard {shard}", result.where)
        for member in found:
            _once(places, member.name, member.name, result.where)
            members.append(_aged(member, now, max_age))
    members += _missing_shards(shards, len(results))
    members += _missing(expected, places)
    return Fleet(together(sorted(members, key=lambda member: member.name)))


def _found(result: Result) -> tuple[Shard | None, tuple[Member, ...]]:
    try:
        if isinstance(result.content, KeystoneError):
            raise result.content
        return read(result.content)
    except KeystoneError as error:
        return None, (Member(result.where, None, error.message, error.hint, what="file"),)


def _once(places: dict[K, str], key: K, name: str, where: str) -> None:
    if key in places:
        raise UsageError(
            f"{name} is there twice: in {places[key]} and in {where}",
            "leave one out; two clusters of one name need a name each: --cluster with [clusters.NAME]",
        )
    places[key] = where


def _aged(member: Member, now: int, max_age: float) -> Member:
    if member.report is None:
        return member
    age = now - member.report.diagnosis.world.now
    if age > max_age * 3600:
        gap = f"was last looked at {_span(age)} ago, and more than {max_age:g} h count as unseen"
        return replace(member, gap=gap, hint="look at what ran there, or give another --max-age")
    if age < -AHEAD:
        gap = f"was looked at {_span(-age)} ahead of this machine's clock"
        return replace(member, gap=gap, hint="set the clocks right")
    return member


def _span(seconds: int) -> str:
    hours = seconds / 3600
    return f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} h" if hours >= 1 else f"{seconds} s"


def _missing_shards(shards: dict[Shard, str], files: int) -> list[Member]:
    totals = sorted({shard.of for shard in shards})
    if len(totals) > 1:
        raise UsageError(
            f"the shards are of {' and of '.join(map(str, totals))}", "merge those of one run, and no others"
        )
    wanted = (Shard(number, total) for total in totals for number in range(1, total + 1))
    gap, hint = f"is missing: none of {files} files is of it", "look at the job that should have made it"
    return [Member(f"shard {part}", None, gap, hint, what="shard") for part in wanted if part not in shards]


def _missing(expected: Iterable[str], places: dict[str, str]) -> list[Member]:
    names = (name for name in dict.fromkeys(expected) if name not in places)
    return [Member(name, None, "there is no result of it", "look at what ran there") for name in names]
