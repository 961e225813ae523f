"""A step of a rotation, as data."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from keystone_check.model.cluster import Token
from keystone_check.model.facts import Subjects
from keystone_check.rehearsal.stage import Stage


class Standing(StrEnum):
    """How a condition stands."""

    MET = "met"
    UNMET = "not met"
    UNSEEN = "could not be seen"
    LATER = "to be checked then"


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be true before a step."""

    words: str
    standing: Standing
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """How long to wait before a step, and why."""

    seconds: int
    why: str
    runs_out: bool = False
    """Whether the last former token runs out in that time."""


def _nothing(stage: Stage) -> tuple[Condition, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. Done twice it does nothing more."""

    id: str
    title: str
    does: Callable[[Stage], Stage] = field(repr=False)
    done: Callable[[Stage], bool] = field(repr=False)
    requires: Callable[[Stage], tuple[Condition, ...]] = field(default=_nothing, repr=False)
    wait: Wait | None = None
    lines: tuple[str, ...] = ()
    still: str = "nothing"
    """What stands still meanwhile."""
    restarts: str = "nothing"
    """What has to be restarted, and what has not."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """The steps of one rotation in their order, from a stage on."""

    title: str
    stage: Stage
    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    held: Subjects[Token] = field(default_factory=Subjects)
    """Former tokens that pods may still hold, where others are minted already."""
