"""compare(was, now): what changed between two diagnoses, and whether anything got worse."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from keystone_check.drift.difference import Differing, differences
from keystone_check.drift.shown import Both
from keystone_check.drift.words import told
from keystone_check.model.finding import Status
from keystone_check.model.outcome import Diagnosis, Outcome


@dataclass(frozen=True, slots=True)
class Change:
    """One difference and what it is called."""

    place: Differing
    said: str


@dataclass(frozen=True, slots=True)
class Drift:
    """Everything that is another than it was."""

    was: Diagnosis
    now: Diagnosis
    changes: tuple[Change, ...]
    opened: tuple[Outcome, ...]
    """Broken now, and not then."""
    closed: tuple[Outcome, ...]
    """Broken then, and not now."""
    unseen: tuple[Outcome, ...]
    """Judged then, and now nobody could."""

    @property
    def nothing(self) -> bool:
        """Whether all is as it was."""
        return not (self.changes or self.opened or self.closed or self.unseen)

    def exit_code(self, fails: Callable[[Outcome], bool]) -> int:
        """1: a finding opened that fails the run. 3: none did, and something can no longer be seen.
        4: a check failed itself."""
        if self.now.having(Status.CRASHED):
            return 4
        if any(map(fails, self.opened)):
            return 1
        return 3 if self.unseen else 0


def compare(was: Diagnosis, now: Diagnosis) -> Drift:
    """The same checks' outcomes on two looks, the former first."""
    both = Both(was.world, now.world)
    found = differences(was.world, now.world)
    changes = (Change(place, said) for place in found for said in told(place, both))
    return Drift(
        was,
        now,
        tuple({change.said: change for change in changes}.values()),
        opened=tuple(_more(now.broken, was.broken)),
        closed=tuple(_more(was.broken, now.broken)),
        unseen=tuple(_gone_dark(was, now)),
    )


Key = tuple[str, str]


def _key(outcome: Outcome) -> Key:
    return outcome.check.id, outcome.finding.subject


def _more(some: Iterable[Outcome], others: Iterable[Outcome]) -> Iterator[Outcome]:
    """Outcomes about which the others say nothing; a check that says more of one subject says so too."""
    left: dict[Key, list[str]] = {}
    for other in others:
        left.setdefault(_key(other), []).append(other.finding.message)
    later: list[Outcome] = []
    for one in some:
        known = left.get(_key(one), [])
        if one.finding.message in known:
            known.remove(one.finding.message)
        else:
            later.append(one)
    for one in later:
        known = left.get(_key(one), [])
        if known:
            known.pop()  # the same finding with other numbers
        else:
            yield one


def _gone_dark(was: Diagnosis, now: Diagnosis) -> Iterator[Outcome]:
    judged = {_key(one) for one in was.outcomes if one.status in (Status.HOLDS, Status.BROKEN)}
    checks = {check for check, _ in judged}
    blind = {_key(one) for one in was.having(Status.BLOCKED)}
    for one in now.having(Status.BLOCKED):
        if _key(one) not in blind and one.check.id in checks:
            yield one
