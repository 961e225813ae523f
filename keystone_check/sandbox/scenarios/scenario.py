"""What a scenario is: an incident that somebody reported, told as a world."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from keystone_check.model.world import World
from keystone_check.sandbox.injecting import pods_settled
from keystone_check.sandbox.settling import settled


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
    """The check that names the cause: the first that is broken along the chain. Empty: no link is."""
    says: str
    """Words of that finding that tell this cause from others."""
    sources: tuple[str, ...]
    """Addresses of the reports."""
    apply: Callable[[World], World]
    message: str = ""
    """What was shown to whoever reported it, where no link is broken: `--why` has the answer."""
    cause: str = ""
    """Which of that message's causes it was, by id; no check excludes it, and each other that could hold."""


def scenario(
    number: int, where: str, headline: str, says: str, *sources: str
) -> Callable[[Callable[[World], World]], Scenario]:
    """Make a scenario of a function: its name is the id, its docstring the title."""

    def made(apply: Callable[[World], World]) -> Scenario:
        id, title = _named(apply)
        return Scenario(number, id, title, where, headline, says, sources, _followed(apply))

    return made


def unbroken(
    number: int, where: str, message: str, cause: str, *sources: str
) -> Callable[[Callable[[World], World]], Scenario]:
    """The same of an incident whose cause is in no link that can be looked at: a message tells of it."""

    def made(apply: Callable[[World], World]) -> Scenario:
        id, title = _named(apply)
        return Scenario(number, id, title, where, "", "", sources, _followed(apply), message, cause)

    return made


def _named(apply: Callable[[World], World]) -> tuple[str, str]:
    """Id, and title: the first paragraph."""
    title = " ".join((inspect.getdoc(apply) or "").partition("\n\n")[0].split()).rstrip(".")
    return apply.__name__.replace("_", "-"), title


def _followed(apply: Callable[[World], World]) -> Callable[[World], World]:
    return lambda world: settled(pods_settled(world, apply(world)))
