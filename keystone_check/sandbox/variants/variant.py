"""What a variant is, and how a function becomes one."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from keystone_check.jose import PrivateKey
from keystone_check.model.world import World
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.settling import settled
from keystone_check.sandbox.worlds import healthy


@dataclass(frozen=True, slots=True)
class Variant:
    """A world in which every link holds, built otherwise than the usual one."""

    id: str
    title: str
    apply: Callable[[World], World]
    signing_key: Callable[[], PrivateKey] | None = None
    """Makes the key that the cluster signs with, where it is not the usual one."""

    def ground(self) -> Ground:
        """What it is to be served on."""
        return Ground.make(self.signing_key() if self.signing_key else None)

    def world(self, ground: Ground, now: int) -> World:
        """The healthy world, built so."""
        return self.apply(healthy(ground, now))


def variant(
    signing_key: Callable[[], PrivateKey] | None = None,
) -> Callable[[Callable[[World], World]], Variant]:
    """Make a variant of a function: its name is the id, its docstring the title."""

    def made(apply: Callable[[World], World]) -> Variant:
        title = " ".join((inspect.getdoc(apply) or "").split()).rstrip(".")
        id = apply.__name__.replace("_", "-")
        return Variant(id, title, lambda world: settled(apply(world)), signing_key)

    return made
