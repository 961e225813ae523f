"""From what runs to what is asked for: each product's move, and the world after all of them.

1. A minor stands for its newest patch that is known; where it is the one that runs, for the patch that runs.
2. What would go down is refused: neither Karpenter, ACK nor Kubernetes is made to.
3. A product that was looked for and does not run here is refused too: a gate must not pass on nothing.
4. Only what says the version changes in the world; whatever else the upgrade would bring is for the judges.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from keystone_check.errors import UsageError
from keystone_check.knowledge.store import minors
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.operators import KARPENTER, Operator
from keystone_check.model.world import World
from keystone_check.operators.image import release, repository
from keystone_check.operators.version import Version, version
from keystone_check.upgrading.asked import KUBERNETES, Asked

_NUMBERS = re.compile(r"v?\d+\.\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Move:
    """One product here: what runs, and what would."""

    product: str
    name: str
    """`namespace/deployment`; empty for the cluster itself."""
    was: Version | None
    """None where neither image nor label tells."""
    then: Version

    def __str__(self) -> str:
        named = f" ({self.name})" if self.name else ""
        return f"{self.product} {self.was or 'of an unknown release'} → {self.then}{named}"


def moves(world: World, targets: Iterable[Asked]) -> tuple[Move, ...]:
    """Every move that the targets ask for here."""
    return tuple(move for each in targets for move in _moves(world, each))


def _moves(world: World, target: Asked) -> Iterator[Move]:
    if target.product == KUBERNETES:
        if isinstance(world.cluster, Cluster):
            yield _move(target, "", version(world.cluster.version))
        return
    if isinstance(world.operators, Missing):
        return
    here = [(name, it) for name, it in world.operators if _is(it, target)]
    if not here:  # 3
        raise UsageError(f"--target {target}: no {target.product} runs here", "leave it out")
    for name, operator in here:
        if isinstance(operator, Operator):
            yield _move(target, name, release(operator.image, operator.label))


def _is(operator: Operator | Absent | Missing, target: Asked) -> bool:
    """What could not be read may be it."""
    return isinstance(operator, Missing) or (
        isinstance(operator, Operator) and operator.product == target.product
    )


def _move(target: Asked, name: str, was: Version | None) -> Move:
    then = _meant(target, was)
    if was is not None and then < was:
        of = f" of {name}" if name else ""
        raise UsageError(
            f"--target {target} goes down: {target.product}{of} is {was} already",
            f"name {was.line} or a later one",
        )
    return Move(target.product, name, was, then)


def _meant(target: Asked, was: Version | None) -> Version:
    """1."""
    said = target.version
    if target.whole or (was is not None and said.line == was.line):
        return said if target.whole or was is None else was
    if target.product == KARPENTER and said.line in minors():
        return max(found for tag in minors()[said.line]["tags"] if (found := version(tag)))
    return said


def after(world: World, made: Iterable[Move]) -> World:
    """The world after these moves."""
    for move in made:
        world = _after(world, move)
    return world


def _after(world: World, move: Move) -> World:
    if move.product == KUBERNETES:
        assert isinstance(world.cluster, Cluster), "the move was made of it"
        told = _NUMBERS.sub(f"v{move.then}", world.cluster.version, count=1)
        if version(world.cluster.version) == move.then:
            told = world.cluster.version
        return replace(world, cluster=replace(world.cluster, version=told))
    assert isinstance(world.operators, Subjects), "the move was made of them"
    operator = world.operators[move.name]
    assert isinstance(operator, Operator), "the move was made of it"
    image = f"{repository(operator.image)}:{move.then}"
    there = replace(operator, image=image, label=str(move.then) if operator.label else "")
    return replace(world, operators=world.operators.put(move.name, there))
