"""What a role's policies answer to what an operator needs.

1. Identity policies and the boundary are weighed together; each level of service control policies for itself.
2. An explicit deny anywhere, or a level that allows nothing of it, refuses.
3. What could not be read leaves open only what it could still change.
4. A need that stands for any resource of its kind is not refused when some resources are granted: it is
   granted in part, and the answer says for which.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from keystone_check.iam.compiled import Compiled
from keystone_check.iam.evaluate import Allowed, Denied, Undecided, decide
from keystone_check.iam.explain import Miss
from keystone_check.iam.language import PolicyKind, Statement
from keystone_check.iam.overlap import can_be
from keystone_check.iam.policy import Problem, Reading, read
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.permissions import Permissions
from keystone_check.operators.need import Need


@dataclass(frozen=True, slots=True)
class Granted:
    """The statement that allows it."""

    need: Need
    statement: Statement


@dataclass(frozen=True, slots=True)
class Refused:
    """The request is denied."""

    need: Need
    denied: Denied
    layer: str
    """Where: `identity policies`, `service control policies`."""

    @property
    def explicit(self) -> bool:
        """Whether a statement denies it, rather than none allowing it."""
        return self.denied.statement is not None

    @property
    def because(self) -> str:
        """Why, in one sentence, with the statement that came nearest."""
        return self.denied.because

    @property
    def misses(self) -> tuple[Miss, ...]:
        return self.denied.misses


@dataclass(frozen=True, slots=True)
class Limited:
    """Granted for some of the resources that the need stands for."""

    need: Need
    resources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """Nobody here can say."""

    need: Need
    because: str


Answer = Granted | Refused | Limited | Open

_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_EVERYTHING = read(json.dumps({"Version": "2012-10-17", "Statement": _ALL}), PolicyKind.IDENTITY)


class Law:
    """A role's policies, made ready for many questions."""

    def __init__(self, permissions: Permissions) -> None:
        self._permissions = permissions

    @cached_property
    def own(self) -> Compiled:
        """Identity policies, and the boundary where there is one."""
        kinds = PolicyKind.IDENTITY, PolicyKind.BOUNDARY
        own = [*_documents(self._permissions.inline), *_documents(self._permissions.attached)]
        boundary = self._permissions.boundary
        around = [] if isinstance(boundary, Absent) else [_read(boundary, kinds[1])]
        return Compiled([*(_read(document, kinds[0]) for document in own), *around])

    @cached_property
    def controls(self) -> tuple[Compiled, ...]:
        """Service control policies, level by level. They never grant: beside each stands all that may be."""
        levels = self._permissions.controls
        if isinstance(levels, Absent):
            return ()
        if isinstance(levels, Missing):
            return (Compiled([_EVERYTHING, _read(levels, PolicyKind.SCP)]),)
        return tuple(
            Compiled([_EVERYTHING, *(_read(document, PolicyKind.SCP) for document in _documents(level))])
            for level in levels
        )

    def answer(self, need: Need) -> Answer:
        """What AWS will answer to the request."""
        open_ends: list[str] = []
        found: Statement | None = None
        for layer, law in (("identity policies", self.own), *(("an SCP", one) for one in self.controls)):
            decision = decide(law, need.request)
            match decision:
                case Allowed(statement):
                    found = found or statement
                case Denied():
                    part = _part(need, decision) if law is self.own else ()
                    return Limited(need, part) if part else Refused(need, decision, layer)
                case Undecided():
                    open_ends.append(str(decision))
        if open_ends or found is None:
            return Open(need, "; ".join(dict.fromkeys(open_ends)))
        return Granted(need, found)


def answers(permissions: Permissions, needs: Iterable[Need]) -> tuple[Answer, ...]:
    """What AWS will answer to each need."""
    law = Law(permissions)
    return tuple(law.answer(need) for need in needs)


def _part(need: Need, denied: Denied) -> tuple[str, ...]:
    """The resources of statements that miss nothing but some of the resources that the need stands for."""
    if denied.statement or "*" not in need.resource:
        return ()
    return tuple(
        resource
        for miss in denied.misses
        if {part.element for part in miss.changes} == {"Resource"}
        for resource in miss.statement.resources
        if _meets(resource, need.resource)
    )


def _meets(resource: str, wanted: str) -> bool:
    """Whether some resource fits both patterns."""
    return wanted == "*" or can_be(resource, wanted)


def _documents(held: Subjects[str] | Missing) -> tuple[str | Absent | Missing, ...]:
    return (held,) if isinstance(held, Missing) else tuple(document for _, document in held)


def _read(document: str | Absent | Missing, kind: PolicyKind) -> Reading:
    """The policy, or that it could not be read and why."""
    if isinstance(document, str):
        return read(document, kind)
    return Reading(None, (Problem("", document.because),))
