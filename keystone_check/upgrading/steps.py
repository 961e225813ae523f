"""The releases between what runs and what is asked for, with what their notes say of this chain."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from keystone_check.knowledge.store import facts, minors
from keystone_check.model.operators import KARPENTER
from keystone_check.operators.version import Version, version
from keystone_check.upgrading.asked import KUBERNETES
from keystone_check.upgrading.moves import Move

KARPENTERS_NOTES = "https://karpenter.sh/docs/upgrading/upgrade-guide/"
KUBERNETES_NOTES = "https://github.com/kubernetes/kubernetes/blob/master/CHANGELOG/CHANGELOG-{}.md"
ACKS_NOTES = "https://github.com/aws-controllers-k8s/{}-controller/releases"
IN_KUBERNETES: Mapping[str, tuple[str, ...]] = {
    "1.29": ("init containers with restartPolicy Always stay as sidecars; before, the field is dropped",),
    "1.30": (
        "tokens carry jti and the node they were made for",
        "the API server takes no OIDC authenticator whose issuer is its own",
    ),
    "1.31": ("tokens may be bound to a node",),
    "1.32": ("jti and node in tokens can no longer be turned off",),
    "1.33": ("a kubelet asks only for audiences that the pod names; what the webhook injects is among them",),
    "1.34": ("an external signer of tokens may be configured",),
}
"""By minor, what changes for tokens and pods. Sources: the feature gates of each release, and
https://github.com/terraform-aws-modules/terraform-aws-eks/issues/3135 for the authenticator."""


@dataclass(frozen=True, slots=True)
class Step:
    """One release on the way."""

    product: str
    release: str
    notes: tuple[str, ...]
    breaking: bool
    """Whether its own notes call it so."""
    url: str
    """The release's upgrade notes."""


def steps(made: Iterable[Move]) -> tuple[Step, ...]:
    """Every release of every move, in the order in which they are gone through."""
    found = (step for move in made for step in _steps(move))
    return tuple(dict.fromkeys(found))


def _steps(move: Move) -> Iterator[Step]:
    if move.product == KARPENTER:
        yield from _karpenter(move)
    elif move.product == KUBERNETES:
        yield from _kubernetes(move)
    elif move.was != move.then:
        service = move.product.removeprefix("ack-")
        yield Step(move.product, str(move.then), (), False, ACKS_NOTES.format(service))


def _karpenter(move: Move) -> Iterator[Step]:
    notes = facts("karpenter", "releases")["notes"]
    for minor in minors():
        if _between(minor, move):
            told = notes.get(minor, {})
            said = tuple(told.get("facts", ()))
            yield Step(move.product, minor, said, bool(told.get("breaking")), KARPENTERS_NOTES)
    if move.then.line not in minors():
        newest = tuple(minors())[-1]
        unknown = f"nothing is known here of {move.then.line}: it is judged as {newest}"
        yield Step(move.product, move.then.line, (unknown,), False, KARPENTERS_NOTES)


def _kubernetes(move: Move) -> Iterator[Step]:
    first = move.was or move.then
    for minor in range(first.minor + 1, move.then.minor + 1):
        line = f"{move.then.major}.{minor}"
        yield Step(move.product, line, IN_KUBERNETES.get(line, ()), False, KUBERNETES_NOTES.format(line))


def _between(minor: str, move: Move) -> bool:
    line = version(minor)
    assert line is not None, "knowledge holds versions"
    return _line(move.was or move.then) < line <= _line(move.then)


def _line(whole: Version) -> Version:
    return Version(whole.major, whole.minor)
