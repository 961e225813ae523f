"""How long tokens and caches last that are in force."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from keystone_check.checks.injecting import token_volumes
from keystone_check.iam.caching import kept
from keystone_check.model.cluster import LEAST_SECONDS, TOKEN_EXPIRATION
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.injection import DryRun
from keystone_check.model.servers import MAX_EXPIRATION
from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.model.written import whole
from keystone_check.rehearsal.stage import started

WEBHOOKS = 86400
"""The life that the pod identity webhook gives tokens of which no annotation says another."""
DISCOVERABLE = 3600
"""For how long Kubernetes lets readers keep its key set (pkg/serviceaccount, GetCacheAgeMaxSeconds)."""
_PART = re.compile(r"(\d+(?:\.\d+)?)(h|ms|us|ns|m|s)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "us": 1e-6, "ns": 1e-9}


@dataclass(frozen=True, slots=True)
class Life:
    """The longest of some lives, and whose it is."""

    seconds: int
    whose: str
    unseen: tuple[Missing, ...] = ()
    """Where longer ones may be that nobody could look at."""


def longest_token(world: World) -> Life:
    """The token for STS that lives longest, by annotation, injection, template and running pod."""
    found = [Life(WEBHOOKS, "what the pod identity webhook gives unless an annotation says otherwise")]
    found += [Life(*each) for each in (*_annotated(world), *_mounted(world))]
    life = max(found, key=lambda each: each.seconds)
    limits = [seconds(it.value(MAX_EXPIRATION)) for it in started(world)]
    cap = max((limit for limit in limits if limit), default=0)
    if cap and all(limits) and cap < life.seconds:
        life = Life(cap, f"{life.whose}, shortened by --{MAX_EXPIRATION}")
    unseen = (world.accounts, world.pods, world.templates)
    return Life(life.seconds, life.whose, tuple(fact for fact in unseen if isinstance(fact, Missing)))


def longest_cache(world: World) -> Life:
    """For how long somebody may go on with documents that he has fetched before."""
    found = [Life(DISCOVERABLE, "Kubernetes lets readers keep a key set that long (max-age=3600)")]
    for answer in (world.discovery, world.key_set):
        if isinstance(answer, Response) and (lasting := kept(answer.header("cache-control"))):
            found.append(Life(lasting, f"cache-control of {answer.url}"))
    return max(found, key=lambda each: each.seconds)


def seconds(duration: str) -> int:
    """What Go's time.ParseDuration makes of it, in whole seconds; 0 where that is nothing."""
    parts = _PART.findall(duration)
    if "".join(number + unit for number, unit in parts) != duration:
        return 0
    return int(sum(float(number) * _SECONDS[unit] for number, unit in parts))


def spoken(number: int) -> str:
    """A length of time for people: `1 h`, `25 h 30 min`, `45 s`."""
    hours, rest = divmod(number, 3600)
    minutes, left = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "min"), (left, "s"))
    return " ".join(f"{value} {unit}" for value, unit in parts if value) or "0 s"


def _annotated(world: World) -> Iterator[tuple[int, str]]:
    for name, account in world.accounts.seen() if isinstance(world.accounts, Subjects) else ():
        said = whole(account.annotations.get(TOKEN_EXPIRATION, ""))
        if said is not None:
            yield max(said, LEAST_SECONDS), f"annotation {TOKEN_EXPIRATION} of {name}"


def _mounted(world: World) -> Iterator[tuple[int, str]]:
    for what, fact in (("pod", world.pods), ("CronJob", world.templates), ("new pods of", world.injections)):
        for name, each in fact.seen() if isinstance(fact, Subjects) else ():
            shape = each.shape if isinstance(each, DryRun) else getattr(each, "shape", None)
            for volume in token_volumes(shape) if shape else ():
                yield volume.expiration, f"{what} {name}"
