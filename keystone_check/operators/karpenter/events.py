"""The events that Karpenter reads from its queue, and whether a rule's pattern lets one in."""

import json
import re
from collections.abc import Iterator

from keystone_check.knowledge.store import facts
from keystone_check.operators.version import Version, version

_SINCE = re.compile(r"(.*) \((.*)\+\)")


def events(release: Version) -> Iterator[tuple[str, str]]:
    """Source and detail type of each, as this release reads them."""
    told: dict[str, list[str]] = facts("karpenter", "surroundings")["interruption"]["events"]
    for source, kinds in told.items():
        for said in kinds:
            found = _SINCE.fullmatch(said)
            kind, since = (found[1], version(found[2])) if found else (said, None)
            if since is None or release >= since:
                yield source, kind


def lets_in(pattern: str, source: str, kind: str) -> bool:
    """Whether the pattern matches every event of this kind. A pattern that says more may keep some out."""
    try:
        told = json.loads(pattern)
    except ValueError:
        return False
    if not isinstance(told, dict) or not set(told) <= {"source", "detail-type"}:
        return False
    return source in told.get("source", [source]) and kind in told.get("detail-type", [kind])
