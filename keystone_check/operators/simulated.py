"""IAM's policy simulator: what it is asked about an operator, and what it says on policies that are known.

1. Requests with the same circumstances are asked together: each of its actions is asked of each resource, so
   resources of which the same actions are asked stand in one question.
2. No question asks for more than a hundred answers at once, nor of more than twenty resources: tools that
   asked for more were refused or throttled (https://github.com/nccgroup/PMapper/pull/6).
3. It is told the circumstances that Karpenter and ACK are known to send, and nothing else.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from keystone_check.iam.compiled import Compiled
from keystone_check.iam.evaluate import Allowed, Denied, decide
from keystone_check.iam.language import PolicyKind
from keystone_check.iam.policy import read
from keystone_check.iam.request import Request
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.opinion import ALLOWED, BOUNDARY, SCP, Opinion
from keystone_check.model.permissions import Permissions
from keystone_check.operators.granted import Granted, Law, Refused
from keystone_check.operators.need import Need

PAIRS, RESOURCES = 100, 20
Context = tuple[tuple[str, tuple[str, ...]], ...]
Key = tuple[str, str, Context]
"""Action, resource and circumstances."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request to the simulator."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    context: Context

    @property
    def about(self) -> str:
        """What it asks, for people."""
        return (
            self.actions[0]
            if len(self.actions) == 1
            else f"{self.actions[0]} and {len(self.actions) - 1} more"
        )


def key_of(need: Need) -> Key:
    """What a need is asked as."""
    return need.action, need.resource, told(need.request.context)


def key_of_opinion(opinion: Opinion) -> Key:
    """What an answer is the answer to."""
    return opinion.action, opinion.resource, told(opinion.context)


def told(context: Mapping[str, tuple[str, ...] | str]) -> Context:
    """Circumstances as a value, in an order of their own."""
    return tuple(sorted((key, (it,) if isinstance(it, str) else tuple(it)) for key, it in context.items()))


def questions(needs: Iterable[Need]) -> tuple[Question, ...]:
    """1. All needs, in few requests."""
    asked: dict[Context, dict[str, list[str]]] = {}
    for action, resource, context in dict.fromkeys(map(key_of, needs)):
        asked.setdefault(context, {}).setdefault(resource, []).append(action)
    return tuple(one for context, about in asked.items() for one in _grouped(context, about))


def _grouped(context: Context, about: Mapping[str, list[str]]) -> Iterator[Question]:
    alike: dict[tuple[str, ...], list[str]] = {}
    for resource, asked in about.items():
        alike.setdefault(tuple(sorted(asked)), []).append(resource)
    for actions, resources in alike.items():
        for some in _cut(actions, PAIRS):  # 2
            for where in _cut(tuple(resources), min(RESOURCES, PAIRS // len(some))):
                yield Question(some, where, context)


def _cut(items: tuple[str, ...], size: int) -> Iterator[tuple[str, ...]]:
    return (items[first : first + size] for first in range(0, len(items), size))


class Simulator:
    """What the simulator says on these policies; `unseen` are further service control policies in force."""

    def __init__(self, permissions: Permissions, unseen: tuple[str, ...] = ()) -> None:
        self._held = replace(permissions, controls=_with(permissions.controls, unseen))

    def opinion(self, request: Request) -> Opinion:
        """Its answer to a request of which it is told just the circumstances that the request names."""
        need = Need(replace(request, unknown=()), "", "", "")
        answer = self._law.answer(need)
        context = dict(told(request.context))
        if isinstance(answer, Granted):
            statements = tuple(self._matching(need.request, Allowed))
            return Opinion(request.action, request.resource, context, ALLOWED, statements)
        explicit = isinstance(answer, Refused) and answer.explicit
        decision = "explicitDeny" if explicit else "implicitDeny"
        statements = tuple(self._matching(need.request, Denied)) if explicit else ()
        layers = tuple(layer for layer, law in self._around if _refuses(law, need))
        return Opinion(request.action, request.resource, context, decision, statements, layers)

    @cached_property
    def _law(self) -> Law:
        return Law(self._held)

    @cached_property
    def _around(self) -> tuple[tuple[str, Law], ...]:
        """Boundary and service control policies, each as if nothing else limited the role."""
        everything = replace(self._held, inline=_EVERYTHING, attached=Subjects())
        bounded, controlled = replace(everything, controls=_NONE), replace(everything, boundary=_NONE)
        return (BOUNDARY, Law(bounded)), (SCP, Law(controlled))

    @cached_property
    def _own(self) -> tuple[tuple[str, Compiled], ...]:
        documents = (*_texts(self._held.inline), *_texts(self._held.attached))
        return tuple((name, Compiled([read(text, PolicyKind.IDENTITY)])) for name, text in documents)

    def _matching(self, request: Request, kind: type[Allowed | Denied]) -> Iterator[str]:
        """The role's own policies with a statement that allows, or that denies."""
        for name, law in self._own:
            decision = decide(law, request)
            if isinstance(decision, kind) and decision.statement:
                yield name


_NONE = Absent("", "")
_EVERYTHING = Subjects(
    (
        (
            "everything",
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
        ),
    )
)


def _refuses(law: Law, need: Need) -> bool:
    return isinstance(law.answer(need), Refused)


def _with(
    controls: tuple[Subjects[str], ...] | Absent | Missing, unseen: tuple[str, ...]
) -> tuple[Subjects[str], ...] | Absent | Missing:
    levels = controls if isinstance(controls, tuple) else ()
    further = tuple(
        Subjects(((f"p-unseen-{number}", text), *_EVERYTHING)) for number, text in enumerate(unseen)
    )
    return (*levels, *further) if levels or further else _NONE


def _texts(held: Subjects[str] | Missing) -> Iterator[tuple[str, str]]:
    return iter(()) if isinstance(held, Missing) else held.seen()
