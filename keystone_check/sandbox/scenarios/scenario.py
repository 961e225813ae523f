"""What a scenario is: an incident that somebody reported, told as a world."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from keystone_check.model.world import World
from keystone_check.sandbox.injecting import pods_settled


@dataclass(frozen=True, slots=True)
class Scenario:
    """A public incident as a pure function from a world that holds to the one that its reporter had."""

    number: int
    """Of the incident, in the order in which they were collected."""
    id: str
    title: str
    """What was seen, and what it came from."""
    where: str
    """The kind of cluster that it was reported from."""
    headline: str
    """The check that names the cause: the first that is broken along the chain."""
    says: str
    """Words of that finding that tell this cause from others."""
    sources: tuple[str, ...]
    """Addresses of the reports."""
    apply: Callable[[World], World]


def scenario(
    number: int, where: str, headline: str, says: str, *sources: str
) -> Callable[[Callable[[World], World]], Scenario]:
    """Make a scenario of a function: its name is the id, its docstring the title."""

    def made(apply: Callable[[World], World]) -> Scenario:
        title = " ".join((inspect.getdoc(apply) or "").split()).rstrip(".")
        id = apply.__name__.replace("_", "-")

        def followed(world: World) -> World:
            return pods_settled(world, apply(world))

        return Scenario(number, id, title, where, headline, says, sources, followed)

    return made
