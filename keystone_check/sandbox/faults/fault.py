"""What a fault is, and how a function becomes one."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from keystone_check.model.world import World
from keystone_check.sandbox.settling import settled


@dataclass(frozen=True, slots=True)
class Fault:
    """A way in which the chain breaks, as a pure function from a world that holds to one that does not."""

    id: str
    title: str
    breaks: frozenset[str]
    """The checks that must be BROKEN, and no others."""
    blocks: frozenset[str]
    """The checks that cannot see because of it, and no others."""
    apply: Callable[[World], World]


KEY_SET_CHECKS = frozenset(
    {
        "issuer_serves_one_cluster",
        "key_set_is_public",
        "key_set_holds_no_private_key",
        "signing_key_is_published",
        "signature_verifies_with_the_published_key",
        "every_servers_key_is_published",
    }
)
"""What nobody can judge while the discovery document does not tell where the key set is."""


def fault(
    *, breaks: Iterable[str], blocks: Iterable[str] = ()
) -> Callable[[Callable[[World], World]], Fault]:
    """Make a fault of a function: its name is the id, its docstring the title."""

    def made(apply: Callable[[World], World]) -> Fault:
        name = apply.__name__.replace("_", "-")
        title = (inspect.getdoc(apply) or "").rstrip(".")
        return Fault(name, title, frozenset(breaks), frozenset(blocks), lambda world: settled(apply(world)))

    return made
