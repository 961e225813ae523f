"""A value of a world on one line, and the two worlds around a difference."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass

from keystone_check.model.facts import Absent
from keystone_check.model.world import World

LONGEST = 160
"""Characters of a value; a document is longer, and the snapshot has it whole."""


@dataclass(frozen=True, slots=True)
class Both:
    """The two worlds around a difference."""

    was: World
    now: World


def shown(value: object) -> str:
    """A value on one line, cut where it is long."""
    match value:
        case Absent():
            said = value.because
        case str():
            said = value or "empty"
        case tuple():
            said = ", ".join(map(shown, value)) or "none"
        case Mapping():
            said = ", ".join(f"{key}={shown(item)}" for key, item in value.items()) or "none"
        case _ if is_dataclass(value):
            held = ((field.name.replace("_", " "), getattr(value, field.name)) for field in fields(value))
            said = "; ".join(f"{name} {shown(item)}" for name, item in held if item not in ("", (), {}))
        case _:
            said = str(value)
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"
