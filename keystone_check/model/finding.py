"""What a judge says: what was expected, what was seen, from where, and what would mend it."""

from dataclasses import dataclass
from enum import Enum

from keystone_check.model.change import Change
from keystone_check.model.facts import Absent, Missing


class Status(Enum):
    """Each asks for something different next."""

    HOLDS = "holds"
    BROKEN = "broken"
    BLOCKED = "blocked"
    """Could not see."""
    NOT_APPLICABLE = "not_applicable"
    """Nothing to judge."""
    CRASHED = "crashed"
    """Our bug."""


class Severity(Enum):
    """For people; CI uses --fail-on."""

    CRITICAL = "critical"
    """STS refuses, or anyone may assume."""
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Safety(Enum):
    """What a repair may do to what works today."""

    SAFE = "safe"
    """Only makes work what should."""
    UNSAFE = "unsafe"
    """May take access away or widen it."""
    RESTART = "restart"
    """Ends pods that run, for others to be made: nothing undoes it."""
    MANUAL = "manual"
    """Can be said exactly, but not done from here."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where it was read, what was expected and what was seen."""

    source: str
    expected: str
    seen: str


@dataclass(frozen=True, slots=True)
class Repair:
    """What would mend a finding: changes as data, or for MANUAL the exact lines to write."""

    title: str
    safety: Safety
    reason: str
    """Why it has this class."""
    changes: tuple[Change, ...] = ()
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One judgement about one subject."""

    status: Status
    subject: str
    message: str
    evidence: Evidence | None = None
    repair: Repair | None = None
    permission: str = ""
    """For BLOCKED: the right that would release it, where one would."""


def holds(subject: str, message: str = "", evidence: Evidence | None = None) -> Finding:
    """It is as the check's title says; `message` may add information that asks for nothing."""
    return Finding(Status.HOLDS, subject, message, evidence)


def broken(subject: str, message: str, evidence: Evidence, repair: Repair | None = None) -> Finding:
    """It is not so; the message states the defect with both values."""
    return Finding(Status.BROKEN, subject, message, evidence, repair)


def blocked(subject: str, missing: Missing) -> Finding:
    """Nobody could see."""
    return Finding(Status.BLOCKED, subject, missing.because, permission=missing.permission)


def not_applicable(subject: str, because: str) -> Finding:
    """There is nothing to judge."""
    return Finding(Status.NOT_APPLICABLE, subject, because)


def gap(subject: str, fact: Absent | Missing) -> Finding:
    """A subject that could not be seen is BLOCKED; one that is not there leaves nothing to judge."""
    return blocked(subject, fact) if isinstance(fact, Missing) else not_applicable(subject, fact.because)
