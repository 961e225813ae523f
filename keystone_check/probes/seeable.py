"""Which checks can be judged where there is no cluster: those whose facts need none."""

from __future__ import annotations

from collections.abc import Sequence

from keystone_check.model.access import Access
from keystone_check.model.outcome import Check
from keystone_check.probes.gather import required
from keystone_check.probes.readers import NOWHERE, reader_of


def seeable(checks: Sequence[Check], access: Access) -> tuple[Check, ...]:
    """All of them, with a cluster; without one, those that look at nothing of it."""
    if not access.without_cluster:
        return tuple(checks)
    return tuple(check for check in checks if _without_a_cluster(check, access))


def _without_a_cluster(check: Check, access: Access) -> bool:
    needs = frozenset(need for need in check.reads if need.partition(".")[0] not in check.tolerates)
    return not any(reader_of(name, access).what == NOWHERE for name in required(needs, access))
