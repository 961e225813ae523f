"""The loop: look, judge, plan, rehearse, ask, write, look again. Bounded; the last look is its verdict."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from keystone_check.diagnosis import diagnose
from keystone_check.errors import KeystoneError
from keystone_check.model.change import Change
from keystone_check.model.finding import Safety, Status
from keystone_check.model.outcome import Check, Diagnosis, Outcome
from keystone_check.model.world import World
from keystone_check.remedy.plan import SAFE_ONLY, HeldBack, Release, Step, named, plan
from keystone_check.remedy.refuse import Refused, outdated, sift
from keystone_check.remedy.rehearse import rehearse
from keystone_check.remedy.spare import necessary

Look = Callable[[], World]
Write = Callable[[Change], None]
Judge = Callable[[World], Diagnosis]
"""The diagnosis of a world, in which accepted findings say so: they are left as they are."""
Confirm = Callable[[Step], bool]
Wait = Callable[[int], bool]
"""Called with 0, 1, 2, … when a write is not seen yet: waits and gives True, or gives up with False."""

ROUNDS = 5


class Quit(Exception):  # noqa: N818  # it is no error
    """Raised by `confirm`: whoever is asked wants nothing more written, whatever was agreed to before."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A step whose change was not written, and why, with the next step."""

    step: Step
    error: KeystoneError


@dataclass(frozen=True, slots=True)
class Mended:
    """What was found, what was done about it, and what is so now."""

    before: Diagnosis
    after: Diagnosis
    """The last look. Whether the repair succeeded is read here and nowhere else."""
    applied: tuple[Step, ...] = ()
    declined: tuple[Step, ...] = ()
    held_back: tuple[HeldBack, ...] = ()
    """Of the last look: what is still broken and would need to be released, or done by hand."""
    refused: tuple[Refused, ...] = ()
    failures: tuple[Failure, ...] = ()
    skipped: tuple[Step, ...] = ()
    """Agreed to, but not tried after a failure."""
    restart: tuple[Outcome, ...] = ()
    """What held and does no longer, until the pods that it is about are restarted: they have what they were
    given before an annotation changed."""
    quit: bool = False
    """Whether whoever was asked ended it."""


def mend(
    look: Look,
    checks: Iterable[Check],
    write: Write,
    allow: frozenset[Release] = SAFE_ONLY,
    confirm: Confirm = lambda step: True,
    rounds: int = ROUNDS,
    wait: Wait | None = None,
    judge: Judge | None = None,
) -> Mended:
    """Mend what can be mended from here.

    `confirm` is asked for every step of a round before the first of them is written; a repair with a
    declined step is left whole, and where it raises Quit nothing more is written. A change is written at
    most once, so that a repair which does not mend cannot go round in circles. A failing write ends the
    writing; the world is still looked at again.
    """
    judges = tuple(checks)
    run = _Run(judges, look, write, confirm, wait, judge or (lambda world: diagnose(world, judges)))
    first = run.judge(look())
    mended = Mended(first, first)
    for _ in range(rounds):
        following = run.round(mended, allow)
        ends = following is mended or following.failures or following.quit
        mended = following
        if ends:
            break
    restart = _by_hand(mended)
    names = {named(outcome) for outcome in restart}
    held_back = (it for it in plan(mended.after, allow).held_back if named(it.outcome) not in names)
    return replace(mended, held_back=tuple(held_back), restart=restart)


def _by_hand(mended: Mended) -> tuple[Outcome, ...]:
    """Of the pods that are to be restarted, those that no repair restarts."""
    broken = {named(outcome): outcome.finding.repair for outcome in mended.after.having(Status.BROKEN)}
    repairs = ((outcome, broken.get(named(outcome))) for outcome in mended.restart)
    return tuple(outcome for outcome, repair in repairs if repair and repair.safety is Safety.MANUAL)


def carry_out(
    steps: tuple[Step, ...],
    look: Look,
    checks: Iterable[Check],
    write: Write,
    confirm: Confirm = lambda step: True,
    wait: Wait | None = None,
    judge: Judge | None = None,
) -> Mended:
    """Write these steps and no others, in their order, and look again. A failing write ends the writing."""
    judges = tuple(checks)
    run = _Run(judges, look, write, confirm, wait, judge or (lambda world: diagnose(world, judges)))
    return run.carry_out(run.judge(look()), steps)


def first(world: World, look: Look) -> Look:
    """A look whose first answer is a world that was gathered already."""
    seen = [world]
    return lambda: seen.pop() if seen else look()


def rehearsed(
    world: World,
    checks: Iterable[Check],
    allow: frozenset[Release] = SAFE_ONLY,
    rounds: int = ROUNDS,
    judge: Judge | None = None,
) -> Mended:
    """The dry run: the same loop on facts alone. `applied` is what would be written, `after` the report."""
    stage = _Stage(world)
    return mend(stage.look, checks, stage.write, allow, rounds=rounds, judge=judge)


@dataclass(frozen=True, slots=True)
class _Stage:
    """A world that is written to by rehearsing, always from the first look on: so nothing is forgotten."""

    world: World
    written: list[Change] = field(default_factory=list)

    def look(self) -> World:
        return rehearse(self.world, self.written)

    def write(self, change: Change) -> None:
        self.written.append(change)


@dataclass(frozen=True, slots=True)
class _Run:
    checks: tuple[Check, ...]
    look: Look
    write: Write
    confirm: Confirm
    wait: Wait | None
    judge: Judge
    done: set[Change] = field(default_factory=set)
    """Written, declined, refused or failed: never proposed again."""

    def round(self, mended: Mended, allow: frozenset[Release]) -> Mended:
        """One round: at most one change to each address."""
        now = mended.after
        proposed = plan(now, allow, frozenset(self.done)).steps
        if not proposed:
            return mended
        wanted = necessary(now, proposed, self.checks)
        steps, refused = sift(now, wanted, self.checks)
        try:
            agreed, declined = self._agreed(steps)
        except Quit:
            refused, declined = (*mended.refused, *refused), (*mended.declined, *steps)
            return replace(mended, declined=declined, refused=refused, quit=True)
        applied, failures, skipped = self._write(agreed)
        # What is refused now may be harmless once something else is mended: then it has another round.
        again = {item.step for item in refused} if applied else set()
        self.done.update(step.change for step in wanted if step not in again)
        return replace(
            mended,
            after=self._look(now, applied) if applied or failures else now,
            applied=(*mended.applied, *applied),
            declined=(*mended.declined, *declined),
            refused=_refused_still((*mended.refused, *refused), (*mended.applied, *applied)),
            failures=failures,
            skipped=skipped,
            restart=(*mended.restart, *outdated(now, applied, self.checks)),
        )

    def carry_out(self, now: Diagnosis, steps: tuple[Step, ...]) -> Mended:
        """What became of exactly these steps."""
        try:
            agreed, declined = self._agreed(steps)
        except Quit:
            return Mended(now, now, declined=steps, quit=True)
        applied, failures, skipped = self._write(agreed)
        after = self._look(now, applied) if applied or failures else now
        restart = outdated(now, applied, self.checks)
        mended = Mended(now, after, applied, declined, failures=failures, skipped=skipped, restart=restart)
        return replace(mended, restart=_by_hand(mended))

    def _agreed(self, steps: tuple[Step, ...]) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
        left_out = set()
        for step in steps:
            if step.repair not in left_out and not self.confirm(step):
                left_out.add(step.repair)
        agreed = tuple(step for step in steps if step.repair not in left_out)
        return agreed, tuple(step for step in steps if step.repair in left_out)

    def _write(
        self, steps: tuple[Step, ...]
    ) -> tuple[tuple[Step, ...], tuple[Failure, ...], tuple[Step, ...]]:
        for number, step in enumerate(steps):
            try:
                self.write(step.change)
            except KeystoneError as error:
                return steps[:number], (Failure(step, error),), steps[number + 1 :]
        return steps, (), ()

    def _look(self, before: Diagnosis, applied: tuple[Step, ...]) -> Diagnosis:
        """Look again, a bounded number of times while what was written is not to be seen yet."""
        if self.wait is None:
            return self.judge(self.look())
        promised = diagnose(rehearse(before.world, (step.change for step in applied)), self.checks)
        attempt = 0
        while True:
            seen = self.judge(self.look())
            if not late(promised, seen) or not self.wait(attempt):
                return seen
            attempt += 1


def _refused_still(refused: tuple[Refused, ...], applied: tuple[Step, ...]) -> tuple[Refused, ...]:
    """The last word on each change that was not written after all."""
    written = {step.change for step in applied}
    last = {item.step.change: item for item in refused if item.step.change not in written}
    return tuple(last.values())


def late(promised: Diagnosis, seen: Diagnosis) -> tuple[str, ...]:
    """What the rehearsal says holds now and the look does not confirm.

    S3 and IAM are eventually consistent: a read soon after a write may still give what stood there.
    """
    holds = {named(outcome) for outcome in seen.having(Status.HOLDS)}
    return tuple(name for name in map(named, promised.having(Status.HOLDS)) if name not in holds)
