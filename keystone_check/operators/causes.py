"""Failures that others met, recognised by the fixed pieces of their texts: the cause that was found then.

1. A text is known by its pieces between `...` and `<…>`, those that are long enough to mean something.
2. The failure whose pieces cover most of what was said is the one; a short match is none.
3. Where an action is known, only failures about it count, those first whose text names it; the only one
   that a controller of ACK has about an action is taken as it is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from keystone_check.knowledge.store import facts

_GAPS = re.compile(r"\.\.\.|<[^>]*>|\*{3}|…|\"[^\"]*\"|\(title\)|ACCOUNT_ID|CLUSTER_NAME|;")
_PIECE, _ENOUGH = 12, 24


@dataclass(frozen=True, slots=True)
class Cause:
    """What somebody found."""

    id: str
    cause: str
    actions: tuple[str, ...]
    source: str


def of_karpenter(text: str, action: str = "") -> Cause | None:
    """The cause of a refusal or failure of Karpenter; None when nobody met it."""
    return _best(facts("karpenter", "failures")["failures"], text, action)


def of_ack(service: str, text: str, action: str = "") -> Cause | None:
    """The cause of a failure of this service's controller."""
    told: Iterable[Mapping[str, Any]] = facts("ack", "common")["failures"]
    own = [it for it in told if it["controller"] in (service, "all") and _about(it["actions"], action)]
    return _best(own, text, action, _ENOUGH if action and len(own) == 1 else 0)


def _best(told: Iterable[Mapping[str, Any]], text: str, action: str, more: int = 0) -> Cause | None:
    scored = [(_score(it["error_text"], text, action), it) for it in told if _about(it["actions"], action)]
    score, best = max(scored, key=lambda found: found[0], default=(0, None))
    if best is None or score + more < _ENOUGH:
        return None
    return Cause(best["id"], best["cause"], tuple(best["actions"]), best["source"])


def _about(actions: Iterable[str], action: str) -> bool:
    return not action or any(it.partition(" ")[0] == action for it in actions)


def _score(known: str, text: str, action: str) -> int:
    named = _ENOUGH if action and f"perform: {action} " in known and f"perform: {action} " in text else 0
    return named + sum(len(piece) for piece in _pieces(known) if piece in text)


def _pieces(known: str) -> Iterator[str]:
    for piece in _GAPS.split(known):
        bare = piece.strip(" ,.:;/-")
        if len(bare) >= _PIECE:
            yield bare
