"""What the repairs of faults write, by kind of change."""

from collections.abc import Iterable
from functools import cache

from keystone_check.checks import load
from keystone_check.model.change import Change
from keystone_check.model.finding import Safety
from keystone_check.remedy.mend import rehearsed
from tests.sandbox.worlds import world_with


@cache
def kinds(fault: str) -> tuple[type[Change], ...]:
    """What its repair writes, in that order."""
    plan = rehearsed(world_with(fault), load(), frozenset(Safety))
    return tuple(type(step.change) for step in plan.applied)


def one_of_each_kind(faults: Iterable[str]) -> tuple[str, ...]:
    """The first fault of each series of changes: how they are written depends on nothing else of a fault."""
    return tuple({kinds(fault): fault for fault in reversed([*faults])}.values())
