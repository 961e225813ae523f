"""What STS really answered: just now to a call of ours, and in the last hours to others."""

from dataclasses import dataclass, field

from keystone_check.model.facts import Absent, Subjects


@dataclass(frozen=True, slots=True)
class Answer:
    """What STS answered to AssumeRoleWithWebIdentity. Of credentials nothing is kept."""

    code: str
    """The error's code; empty when it granted."""
    message: str
    """The error's message, as it came."""

    @property
    def granted(self) -> bool:
        """Whether it handed out credentials."""
        return not self.code


GRANTED = Answer("", "")


@dataclass(frozen=True, slots=True)
class Event:
    """An exchange as CloudTrail recorded it."""

    at: int
    """Unix seconds."""
    code: str
    """`errorCode`; empty when STS granted."""
    message: str
    """`errorMessage`, which need not be what the caller was told."""
    seconds: int = 0
    """`durationSeconds` of the request; 0 where it named none."""
    provider_id: str = ""
    """`providerId` of the request."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The last exchanges of one service account for its role."""

    accepted: Event | Absent
    refused: Event | Absent

    @property
    def last(self) -> Event | Absent:
        """The later of the two."""
        match self.accepted, self.refused:
            case Event() as accepted, Event() as refused:
                return max(refused, accepted, key=lambda event: event.at)
            case Absent(), refused:
                return refused
            case accepted, _:
                return accepted


def nothing_recorded(name: str) -> Recorded:
    """An account of which no exchange is recorded."""
    return Recorded(
        Absent(name, "CloudTrail shows no accepted exchange"),
        Absent(name, "CloudTrail shows no refused exchange"),
    )


@dataclass(frozen=True, slots=True)
class Trail:
    """CloudTrail's event history of one region, as far back as it was read."""

    region: str
    since: int
    """Unix seconds of the earliest moment that was looked at."""
    exchanges: Subjects[Recorded] = field(default_factory=Subjects)
    """By `namespace/name` of the bound service account."""
