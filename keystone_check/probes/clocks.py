"""How far other clocks are from ours, by the Date of answers that were asked for anyway."""

from __future__ import annotations

import email.utils
import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping

from keystone_check.model.facts import Missing
from keystone_check.model.servers import Clocks

CLUSTER, STS, ISSUER = "cluster", "sts", "issuer"


class Heard:
    """What time the services said it was, by service; written to by several threads."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._skews: dict[str, int] = {}

    def note(
        self, service: str, headers: Mapping[str, str], sent: float, received: float | None = None
    ) -> None:
        """Keep what an answer's Date tells that was asked for at `sent` and `received` then, or just now.

        Of several answers the one nearest to our own clock counts: delays only ever add to the distance.
        """
        skew = skew_of(headers, sent, self.clock() if received is None else received)
        if skew is None:
            return
        with self._lock:
            known = self._skews.get(service)
            if known is None or abs(skew) < abs(known):
                self._skews[service] = skew

    def clocks(self, cluster: object, caller: object) -> Clocks:
        """How far the clocks are from ours, as heard so far; else why not, as these facts say it."""
        with self._lock:
            heard = dict(self._skews)
        return Clocks(
            _or_missing(heard.get(CLUSTER), cluster, "the API server"),
            _or_missing(heard.get(STS, heard.get(ISSUER)), caller, "AWS"),
        )


def _or_missing(skew: int | None, fact: object, whose: str) -> int | Missing:
    if skew is not None:
        return skew
    untold = Missing("clocks", f"no answer of {whose} told the time (header Date)")
    return fact if isinstance(fact, Missing) else untold


def plain(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by lower-case name."""
    return {name.lower(): value for name, value in headers}


def skew_of(headers: Mapping[str, str], sent: float, received: float) -> int | None:
    """Whole seconds by which the answering clock is ahead; 0 where both may be the same; None if untold.

    1. The server wrote its Date between `sent` and `received`, cut to the second. A cache adds the Age.
    2. Where these two spans touch, the clocks may agree.
    3. Else the distance between them is the least by which they differ.
    """
    told = _seconds(headers)
    if told is None:
        return None
    if told > received:  # 3
        return math.ceil(told - received)
    return 0 if told + 1 > sent else -math.floor(sent - told)  # 2, 3


def _seconds(headers: Mapping[str, str]) -> int | None:  # 1
    try:
        date = email.utils.parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    age = headers.get("age", "0")
    return int(date.timestamp()) + (int(age) if age.isdecimal() else 0)
