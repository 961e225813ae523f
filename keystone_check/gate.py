"""What fails: the verdict on a diagnosis, and the exit code that follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from keystone_check.model.finding import Safety, Severity, Status
from keystone_check.model.outcome import Diagnosis, Outcome

FIXABLE = "fixable"
FAIL_ON = (*(severity.value for severity in Severity), FIXABLE)
"""What `--fail-on` takes: from the gravest severity to the least, and `fixable`."""
LOWEST = Severity.LOW.value


class Verdict(Enum):
    """One word for a whole diagnosis; its value is the exit code."""

    HOLDS = 0
    BROKEN = 1
    BLOCKED = 3
    CRASHED = 4

    @property
    def word(self) -> Literal["holds", "broken", "blocked", "crashed"]:
        """As machine-readable reports write it."""
        return _WORDS[self]


@dataclass(frozen=True, slots=True)
class Gate:
    """Which of the broken findings fail a run. What was not seen, and a bug, always do."""

    fail_on: str = LOWEST
    """A severity: it and what is graver fails. `fixable`: what `--fix` could mend from here fails."""
    exit_zero: bool = False
    """Nothing that is broken fails."""

    def fails(self, outcome: Outcome) -> bool:
        """Whether this outcome alone would fail the run."""
        if outcome.status is not Status.BROKEN:
            return outcome.status in (Status.BLOCKED, Status.CRASHED)
        return not outcome.is_accepted and not self.exit_zero and self._counts(outcome)

    def forgives(self, outcome: Outcome) -> bool:
        """Whether it is broken, nobody accepted it, and it does not fail all the same."""
        return outcome.status is Status.BROKEN and not outcome.is_accepted and not self.fails(outcome)

    def exit_code(self, diagnosis: Diagnosis) -> int:
        """The worst that fails: a bug first, for with it nobody knows the rest; then what is broken."""
        failing = {outcome.status for outcome in diagnosis.outcomes if self.fails(outcome)}
        for status, word in _WORST_FIRST:
            if status in failing:
                return word.value
        return Verdict.HOLDS.value

    def _counts(self, outcome: Outcome) -> bool:
        if self.fail_on == FIXABLE:
            repair = outcome.finding.repair
            return repair is not None and repair.safety is not Safety.MANUAL
        return FAIL_ON.index(outcome.check.severity.value) <= FAIL_ON.index(self.fail_on)


_WORDS: Mapping[Verdict, Literal["holds", "broken", "blocked", "crashed"]] = {
    Verdict.HOLDS: "holds",
    Verdict.BROKEN: "broken",
    Verdict.BLOCKED: "blocked",
    Verdict.CRASHED: "crashed",
}
_WORST_FIRST = (
    (Status.CRASHED, Verdict.CRASHED),
    (Status.BROKEN, Verdict.BROKEN),
    (Status.BLOCKED, Verdict.BLOCKED),
)


def verdict(diagnosis: Diagnosis) -> Verdict:
    """The worst that the outcomes say, whatever the gate lets pass; an accepted finding says nothing."""
    said = {outcome.status for outcome in diagnosis.outcomes if not outcome.is_accepted}
    return next((word for status, word in _WORST_FIRST if status in said), Verdict.HOLDS)
