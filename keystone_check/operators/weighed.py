"""What an operator needs, weighed against all that is in force for its role, each layer for itself.

1. Identity policies alone say what is missing.
2. A boundary or a service control policy that does not allow it as well, or an explicit deny anywhere, holds
   back what identity policies would grant.
3. What could not be read is said once for each layer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from keystone_check.model.facts import Absent, Missing
from keystone_check.model.permissions import Permissions
from keystone_check.operators.granted import Law, Limited, Open, Refused
from keystone_check.operators.need import Need

IDENTITY, BOUNDARY, SCP = "identity-based policy", "permissions boundary", "service control policy"
_NONE = Absent("", "")


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A need that an explicit deny refuses, or a layer that allows nothing of it."""

    need: Need
    layer: str
    """As AWS calls it in its refusals."""
    statement: str
    """The one that denies; empty where none allows it."""

    @property
    def because(self) -> str:
        """The end of AWS's own sentence."""
        if self.statement:
            return f"with an explicit deny in a {self.layer} ({self.statement})"
        return f"because no {self.layer} allows the {self.need.action} action"


@dataclass(frozen=True, slots=True)
class Weighed:
    """The answers, by what they ask for next."""

    missing: tuple[Refused, ...]
    limited: tuple[Limited, ...]
    unread: tuple[Open, ...]
    held_back: tuple[HeldBack, ...]
    unread_around: tuple[Open, ...]
    """Open because of a boundary or service control policies."""


def alone(permissions: Permissions) -> Permissions:
    """The identity policies, as if nothing stood around them."""
    return replace(permissions, boundary=_NONE, controls=_NONE)


def as_far_as_read(permissions: Permissions) -> Permissions:
    """Without service control policies where the account may not read them, as few accounts may.

    Who uses it says so: a refusal of theirs would be seen in what operators report, and nowhere before.
    """
    controls = permissions.controls
    return replace(permissions, controls=_NONE) if _refused(controls) else permissions


def _refused(controls: object) -> bool:
    """Refused for want of a right; an answer that failed to come is another matter."""
    return isinstance(controls, Missing) and bool(controls.permission)


def weighed(permissions: Permissions, needs: Iterable[Need]) -> Weighed:
    """Weigh these needs."""
    asked = tuple(needs)
    identity = Law(alone(permissions))
    own = [identity.answer(need) for need in asked]  # 1
    missing = tuple(one for one in own if isinstance(one, Refused) and not one.explicit)
    lacking = {id(one.need) for one in missing}
    rest = [need for need in asked if id(need) not in lacking]
    layers = tuple(_layers(permissions, identity))
    held = tuple(one for need in rest if (one := _held_back(layers, need)))
    back = {id(one.need) for one in held}
    return Weighed(
        missing=missing,
        limited=tuple(one for one in own if isinstance(one, Limited)),
        unread=tuple(one for one in own if isinstance(one, Open)),
        held_back=held,
        unread_around=tuple(_open(permissions, [need for need in rest if id(need) not in back])),
    )


def _held_back(layers: Iterable[tuple[str, Law]], need: Need) -> HeldBack | None:
    """2. Identity policies have been asked first: what a later layer adds is its own."""
    for layer, law in layers:
        answer = law.answer(need)
        if not isinstance(answer, Refused):
            continue
        if answer.denied.statement:
            return HeldBack(need, layer, answer.denied.statement.name)
        return HeldBack(need, layer, "")
    return None


def _layers(permissions: Permissions, identity: Law) -> Iterator[tuple[str, Law]]:
    yield IDENTITY, identity
    if not isinstance(permissions.boundary, Absent):
        yield BOUNDARY, Law(replace(permissions, controls=_NONE))
    if not isinstance(permissions.controls, Absent):
        yield SCP, Law(replace(permissions, boundary=_NONE))


def _open(permissions: Permissions, needs: Iterable[Need]) -> Iterator[Open]:
    """3."""
    law = Law(permissions)
    without = Law(alone(permissions))
    for need in needs:
        answer = law.answer(need)
        if isinstance(answer, Open) and not isinstance(without.answer(need), Open):
            yield answer
