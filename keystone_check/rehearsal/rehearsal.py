"""rehearse: which step is next, what must be true before it, and what each costs out of order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from keystone_check.model.facts import Missing
from keystone_check.model.world import World
from keystone_check.rehearsal import buckets, certificates, issuers, keys, leaving
from keystone_check.rehearsal.asked import Asked, ChangeIssuer, MoveBucket, RotateCertificate, RotateKey
from keystone_check.rehearsal.fates import Fate, Generation, Toll, fates, tolls, walk
from keystone_check.rehearsal.lifetimes import Life, longest_cache, longest_token, spoken
from keystone_check.rehearsal.stage import Documents, Stage
from keystone_check.rehearsal.step import Condition, Procedure, Standing, Step, Wait

CAN_GO, NOT_YET, UNJUDGED = 0, 1, 3
Look = Callable[[str], Documents | None]
"""What is published at an issuer that the facts are not about; None where nobody can look."""

Path = tuple[tuple[Stage, tuple[Generation, ...]], ...]
"""The stages before the first step and after each, in the right order."""


class State(StrEnum):
    """Where a step stands in the rotation."""

    DONE = "done"
    NEXT = "next"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One step, rehearsed."""

    number: int
    step: Step
    state: State
    conditions: tuple[Condition, ...]
    early: tuple[Toll, ...]
    """If it is done first of all, before the others that are left."""
    hasty: tuple[Toll, ...]
    """If it is done in its turn, but without the wait."""
    in_turn: tuple[Toll, ...]
    """If it is done in its turn, with the wait."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A rotation, rehearsed on facts."""

    cluster: str
    title: str
    steps: tuple[Rehearsed, ...]
    token: Life
    cache: Life
    notes: tuple[str, ...]

    @property
    def next(self) -> Rehearsed | None:
        """The step that is next; None where all are done."""
        return next((each for each in self.steps if each.state is State.NEXT), None)

    @property
    def exit_code(self) -> int:
        """0: it can go. 1: something has to be true first. 3: that cannot be judged."""
        standings = {it.standing for it in self.next.conditions} if self.next else set()
        if Standing.UNMET in standings:
            return NOT_YET
        return UNJUDGED if Standing.UNSEEN in standings else CAN_GO


def unlooked(issuer: str) -> None:
    """Nobody can look anywhere else."""


def rehearse(
    name: str,
    world: World,
    asked: Asked,
    *,
    resume: bool = False,
    earlier: World | None = None,
    look: Look = unlooked,
) -> Rehearsal:
    """The rotation on these facts: from its beginning, or with `resume` from where the facts say it is.

    `earlier` are facts of before: what was done then already has lasted since.
    """
    made = procedure(world, asked, resume=resume, earlier=earlier, look=look)
    first = next((it for it in made.steps if not (resume and it.done(made.stage))), None)
    today = fates(made.stage, made.stage.tokens)
    path = tuple(walk(made.stage, made.steps, made.held))
    rehearsed = tuple(
        _rehearsed(made, path, number, _state(made, step, first, resume), today, earlier)
        for number, step in enumerate(made.steps, 1)
    )
    life, cache = longest_token(world), longest_cache(world)
    return Rehearsal(name, made.title, rehearsed, life, cache, (*_doubts(life), *made.notes))


def procedure(
    world: World,
    asked: Asked,
    *,
    resume: bool = False,
    earlier: World | None = None,
    look: Look = unlooked,
) -> Procedure:
    """The steps of what is asked for."""
    match asked:
        case RotateKey():
            return keys.procedure(world, asked, resume=resume)
        case ChangeIssuer(url):
            return _changing(world, url, look, resume, earlier)
        case MoveBucket():
            return _changing(world, buckets.issuer_of(world, asked), look, resume, earlier)
        case RotateCertificate():
            return certificates.procedure(world, asked, resume=resume)
    assert_never(asked)


def _changing(world: World, new: str, look: Look, resume: bool, earlier: World | None) -> Procedure:
    change = leaving.change_of(world, new, earlier)
    current = "" if isinstance(world.issuer, Missing) else world.issuer.url
    other = look(change.old if current == new else new)
    return issuers.procedure(world, change, other, resume=resume)


def _state(made: Procedure, step: Step, first: Step | None, resume: bool) -> State:
    if resume and step.done(made.stage):
        return State.DONE
    return State.NEXT if step is first else State.LATER


def _rehearsed(
    made: Procedure, path: Path, number: int, state: State, today: dict[str, Fate], earlier: World | None
) -> Rehearsed:
    step = made.steps[number - 1]
    if state is State.DONE:
        return Rehearsed(number, step, state, (), (), (), ())
    (before, _), (stage, generations) = path[number - 1 : number + 1]
    hasty, waits = tolls(stage, generations, today), _waits(made, number)
    late = (Generation(number, before.tokens), *_fresh(before, stage, number))
    in_turn = tolls(stage, late, today) if waits else hasty
    *_, first = walk(made.stage, (step,), made.held)
    return Rehearsed(
        number,
        step,
        state,
        tuple(_conditions(made, number, state, in_turn, earlier)),
        early=tolls(*first, today) if number > 1 else (),
        hasty=hasty if waits else (),
        in_turn=in_turn,
    )


def _conditions(
    made: Procedure, number: int, state: State, in_turn: tuple[Toll, ...], earlier: World | None
) -> Iterator[Condition]:
    """Those of the step that is next are judged; of later ones it is said what they will be."""
    step = made.steps[number - 1]
    for condition in step.requires(made.stage):
        yield condition if state is State.NEXT else Condition(condition.words, Standing.LATER)
    if state is State.NEXT:
        yield from _waited(made, number, step, earlier)
        yield from filter(None, (_refused(in_turn),))


def _fresh(before: Stage, after: Stage, number: int) -> tuple[Generation, ...]:
    """What is minted after the step, where that is other than before."""
    return () if _same(before, after) else (Generation(number, after.tokens),)


def _same(one: Stage, other: Stage) -> bool:
    first, second = one.token, other.token
    return first is None or second is None or (first.kid, first.issuer) == (second.kid, second.issuer)


def _waits(made: Procedure, number: int) -> bool:
    """Whether the last former token has run out before this step, or before one that it follows."""
    return any(each.wait and each.wait.runs_out for each in made.steps[:number])


def _refused(tolls: tuple[Toll, ...]) -> Condition | None:
    if not tolls:
        return None
    names = dict.fromkeys(name for toll in tolls for name in toll.accounts)
    seen = f"{tolls[0].message}: {', '.join(names) or 'every pod'}"
    return Condition("nobody is refused who is accepted today", Standing.UNMET, seen)


def _waited(made: Procedure, number: int, step: Step, earlier: World | None) -> tuple[Condition, ...]:
    """Whether the wait before the step is over, as far as facts of before tell."""
    if step.wait is None or number == 1:
        return ()
    words = f"{spoken(step.wait.seconds)} have passed since step {number - 1} was done"
    if earlier is None:
        hint = "facts do not tell since when it is done: --save FILE then, --resume FILE now"
        return (Condition(words, Standing.UNSEEN, hint),)
    if not made.steps[number - 2].done(replace(made.stage, world=earlier)):
        return (Condition(words, Standing.UNSEEN, "it was not done yet in those facts"),)
    passed = made.stage.world.now - earlier.now
    return (_passed(words, passed, step.wait),)


def _passed(words: str, passed: int, wait: Wait) -> Condition:
    left = wait.seconds - passed
    if left <= 0:
        return Condition(words, Standing.MET, f"done {spoken(passed)} ago or before")
    seen = f"done {spoken(max(passed, 0))} ago or before; in {spoken(left)} at the latest it can go"
    return Condition(words, Standing.UNMET, seen)


def _doubts(life: Life) -> tuple[str, ...]:
    return tuple(f"longer tokens may be where nobody could look: {it.because}" for it in life.unseen)
