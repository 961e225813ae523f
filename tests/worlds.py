"""A world of which nothing is known but what a test says."""

from typing import Any

from keystone_check.model.facts import Missing
from keystone_check.model.world import Expected, World

NOW = 1_800_000_000
UNSEEN = (
    "cluster",
    "caller",
    "issuer",
    "cluster_discovery",
    "cluster_keys",
    "accounts",
    "tokens",
    "discovery",
    "key_set",
)


def world(**facts: Any) -> World:
    """These facts; all others that have no default are missing."""
    unseen = {name: Missing(name, f"nobody looked for {name}") for name in UNSEEN}
    return World(**{"expected": Expected(), "now": NOW, **unseen, **facts})
