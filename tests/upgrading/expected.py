"""What the facts list for the steps between two minors of Karpenter, read from the data alone.

An action that a release's template adds breaks an older role where the facts say that every Karpenter of a
cluster of one's own asks for it; an event that a release has a rule for breaks a queue that gets none.
"""

import re
from itertools import pairwise
from typing import Any

from keystone_check.knowledge.store import facts, minors

MINORS = tuple(minors())
LACKING, UNTOLD = "karpenter_may_do_all_it_asks", "rules_target_the_queue"
_ASKED_BY_ALL = re.compile(r"always|open network")
_RULE = "EventBridge rule"


def broken(older: str, newer: str) -> set[tuple[str, str]]:
    """The checks, each with the action where it is about one."""
    way = MINORS[MINORS.index(older) + 1 : MINORS.index(newer) + 1]
    lacking = {(LACKING, action) for minor in way for action in _added(minor) if _needed(action, newer)}
    untold = {(UNTOLD, "") for minor in way if any(_RULE in told for told in _notes(minor))}
    return lacking | untold


def _added(minor: str) -> list[str]:
    found: list[str] = minors()[minor]["changes"].get("actions_added", [])
    return found


def _needed(action: str, minor: str) -> bool:
    """Whether the requests that the code makes without anything being turned on name it."""
    asks: list[dict[str, Any]] = facts("karpenter", "asks")
    return any(
        ask["action"] == action and _ASKED_BY_ALL.match(ask["when"]) and _since(ask) <= MINORS.index(minor)
        for ask in asks
    )


def _since(ask: dict[str, Any]) -> int:
    return MINORS.index(ask.get("since", MINORS[0]))


def _notes(minor: str) -> list[str]:
    found: list[str] = facts("karpenter", "releases")["notes"].get(minor, {}).get("facts", [])
    return found


def pairs() -> list[tuple[str, str]]:
    """Every upward pair."""
    return [(older, newer) for at, older in enumerate(MINORS) for newer in MINORS[at + 1 :]]


def in_order() -> bool:
    """Whether the minors stand from the oldest to the newest."""
    return all(int(one.partition(".")[2]) < int(other.partition(".")[2]) for one, other in pairwise(MINORS))
