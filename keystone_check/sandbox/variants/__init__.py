"""Worlds that hold, built otherwise than the usual one. None of them may break a check."""

from collections.abc import Mapping

from keystone_check.sandbox.variants import keys, numbers, owners, places, servers
from keystone_check.sandbox.variants.variant import Variant

VARIANTS: Mapping[str, Variant] = {
    found.id: found
    for room in (places, keys, servers, numbers, owners)
    for found in vars(room).values()
    if isinstance(found, Variant)
}
"""By id."""
