"""What is to be minded while an upgrade goes on; nothing that a check could judge.

1. While servers and nodes roll, the webhook may not answer: its failure policy says what that does to pods.
2. Where Karpenter and Kubernetes both move, the order keeps Kubernetes within the range of Karpenter's code.
3. A setting that is there already, and that only a release on the way begins to read, takes effect with it.
"""

from collections.abc import Iterator, Sequence

from keystone_check.knowledge.store import facts, minors
from keystone_check.model.facts import Subjects
from keystone_check.model.injection import Backend, Webhook
from keystone_check.model.operators import KARPENTER, Operator
from keystone_check.model.world import World
from keystone_check.operators.karpenter.compatible import in_code
from keystone_check.operators.version import Version, version
from keystone_check.upgrading.asked import KUBERNETES
from keystone_check.upgrading.moves import Move


def cautions(world: World, made: Sequence[Move]) -> Iterator[str]:
    """A sentence for each."""
    yield from (said for move in made if move.product == KARPENTER for said in _begins(world, move))
    rolls = next((move for move in made if move.product == KUBERNETES and move.was != move.then), None)
    if rolls is None:
        return
    yield from _order(rolls, [move for move in made if move.product == KARPENTER])
    webhooks = world.webhooks.seen() if isinstance(world.webhooks, Subjects) else ()
    yield from (_silent(world, name, webhook) for name, webhook in webhooks)


def _silent(world: World, name: str, webhook: Webhook) -> str:
    """1."""
    backends = world.webhook_backends
    backend = backends[webhook.service] if isinstance(backends, Subjects) else None
    ready = f"{backend.ready} ready endpoints" if isinstance(backend, Backend) else "endpoints nobody read"
    effect = (
        "pods that are made meanwhile start without role, and nothing says so: restart those afterwards"
        if webhook.failure_policy == "Ignore"
        else "no pod that it selects can be made meanwhile"
    )
    return (
        f"while servers and nodes roll, the webhook {name} may not answer "
        f"(failurePolicy {webhook.failure_policy}, {ready}): {effect}"
    )


def _order(rolls: Move, karpenters: Sequence[Move]) -> Iterator[str]:
    """2."""
    for move in karpenters:
        if move.was is None or move.was == move.then or rolls.was is None:
            continue
        if _fits(move.then, rolls.was):
            yield f"Karpenter first: {move.then} is made for Kubernetes {rolls.was.line} as well"
        elif _fits(move.was, rolls.then):
            yield f"Kubernetes first: Karpenter {move.was} is made for {rolls.then.line} as well"
        else:
            yield (
                f"neither Karpenter {move.then} on Kubernetes {rolls.was.line} nor {move.was} on "
                f"{rolls.then.line} is made for it: go by releases between that fit both"
            )


def _begins(world: World, move: Move) -> Iterator[str]:
    """3."""
    held = world.operators[move.name] if isinstance(world.operators, Subjects) else None
    settings = held.settings if isinstance(held, Operator) else {}
    for name, about in facts("karpenter", "objects")["install"]["env"].items():
        since = version(about.get("since", "").partition(" ")[0])
        if since and name in settings and move.was and move.was < since <= move.then:
            effect = f": {about['effect']}" if "effect" in about else ""
            yield f"{name}={settings[name]} of {move.name} is read from {since} on{effect}"


def _fits(release: Version, kubernetes: Version) -> bool:
    known = in_code(release) if release.line in minors() else None
    return known is not None and known.holds(kubernetes)
