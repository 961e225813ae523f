"""A world of which nothing is known but what a test says."""

from dataclasses import fields
from typing import Any

from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.world import Expected, World

NOW = 1_800_000_000
"""Some second; clocks that tests set stand there."""
GIVEN = {"expected": Expected(), "now": NOW, "chains": Subjects()}


def world(**facts: Any) -> World:
    """These facts; all others that have no default are missing."""
    unseen = {field.name: Missing(field.name, f"nobody looked for {field.name}") for field in fields(World)}
    return World(**{**unseen, **GIVEN, **facts})
