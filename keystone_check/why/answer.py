"""What a message means, and on a cluster which of its causes hold there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from keystone_check.model.facts import Missing
from keystone_check.model.finding import Status
from keystone_check.model.outcome import Diagnosis, Outcome
from keystone_check.model.world import World
from keystone_check.why.matching import known_in, nearest, only_cut
from keystone_check.why.messages import Cause, Message
from keystone_check.why.values import Values, values_of


class State(Enum):
    """What a cluster says about a cause."""

    HOLDS = "holds"
    EXCLUDED = "excluded"
    UNSEEN = "unseen"
    UNJUDGED = "unjudged"
    """No check can tell, or there was nothing to judge."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A cause and what was found about it."""

    cause: Cause
    state: State
    outcomes: tuple[Outcome, ...] = ()
    """Those that make it so."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything there is to say about a text."""

    messages: tuple[Message, ...]
    """Empty: not recognised."""
    values: Values
    near: tuple[Message, ...] = ()
    cluster: str = ""
    """Empty: no cluster was looked at."""
    notes: tuple[str, ...] = ()
    judged: tuple[Judged, ...] = ()

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Of the first message; where it only passes another's on, of all."""
        return causes_of(self.messages)

    def having(self, state: State) -> tuple[Judged, ...]:
        """The causes in this state."""
        return tuple(each for each in self.judged if each.state is state)

    @property
    def exit_code(self) -> int:
        """0 explained, 1 a cause holds on the cluster, 3 not recognised or something was not seen."""
        if self.having(State.HOLDS):
            return 1
        return 3 if not self.messages or self.having(State.UNSEEN) else 0


def answer(text: str) -> Answer:
    """What it means, by the text alone."""
    found = _without_bare_record(known_in(text))
    values = values_of(text)
    notes = (*_cut_short(text), *_divided(values), *_fallen_back(values))
    return Answer(found, values, () if found else nearest(text), notes=notes)


def _without_bare_record(found: tuple[Message, ...]) -> tuple[Message, ...]:
    """That an exchange is on record is worth telling only where the record says no more."""
    return tuple(each for each in found if each.id != "trail_event") or found


def causes_of(messages: Iterable[Message]) -> tuple[Cause, ...]:
    """Of those messages that say something themselves, or else of those that pass it on; each once."""
    said = tuple(messages)
    telling = [message for message in said if not message.wraps] or list(said)
    return tuple(dict.fromkeys(cause for message in telling for cause in message.causes))


def on_cluster(said: Answer, diagnosis: Diagnosis, name: str) -> Answer:
    """The same answer with what the cluster shows about each cause."""
    world, values = diagnosis.world, said.values
    others = set(_others(world, values))
    outcomes = [each for each in diagnosis.outcomes if each.finding.subject not in others]
    judged = tuple(_judged(cause, outcomes) for cause in said.causes)
    return Answer(said.messages, values, said.near, name, (*said.notes, *_notes(world, values)), judged)


def _judged(cause: Cause, outcomes: Iterable[Outcome]) -> Judged:
    mine = [each for each in outcomes if each.check.id in cause.checks]
    for state, statuses in _BY_STATUS:
        if found := tuple(each for each in mine if each.finding.status in statuses):
            return Judged(cause, state, found)
    return Judged(cause, State.UNJUDGED)


_BY_STATUS = (
    (State.HOLDS, (Status.BROKEN,)),
    (State.UNSEEN, (Status.BLOCKED, Status.CRASHED)),
    (State.EXCLUDED, (Status.HOLDS,)),
)
"""One check that is broken is enough, and one that could not be seen keeps a cause from being excluded."""


def _others(world: World, values: Values) -> Iterator[str]:
    """Service accounts and roles that the text is not about, where it says what it is about."""
    if not isinstance(world.accounts, Missing):
        named = [account for _, account in world.accounts.seen() if _is_meant(account, values)]
        for subject, account in world.accounts.seen():
            if named and account not in named:
                yield subject
    if values.role and not isinstance(world.roles, Missing):
        arns = [arn for arn, _ in world.roles]
        yield from (arn for arn in arns if values.role in arns and arn != values.role)


def _is_meant(account: object, values: Values) -> bool:
    subject, role = getattr(account, "subject", ""), getattr(account, "role_arn", "")
    return bool(values.subject or values.role) and (
        subject == values.subject if values.subject else role == values.role
    )


def _notes(world: World, values: Values) -> Iterator[str]:
    """Where the text and the cluster name different things."""
    if values.issuer and not isinstance(world.issuer, Missing):
        ours = world.issuer.url
        same = "is this cluster's" if values.issuer == ours else f"is not this cluster's, which is {ours}"
        yield f"the issuer in the text, {values.issuer}, {same}"


def _fallen_back(values: Values) -> Iterator[str]:
    if values.caller and values.is_instance:
        yield f"{values.caller} is an instance's role: the pod fell back to its node's identity"


def _cut_short(text: str) -> Iterator[str]:
    cut = only_cut(text)
    if len(cut) > 1:
        yield f"the text is a piece that {len(cut)} messages share: any of them may be meant"
    elif cut:
        yield "the text is only a piece of this message: the whole of it would be surer"


def _divided(values: Values) -> Iterator[str]:
    if values.uncertain:
        yield f"a line break may divide it, so it is left out: {', '.join(values.uncertain)}"
