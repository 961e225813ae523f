"""A finding that the user lives with: for a reason, and until a day."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One `[[accept]]` entry."""

    check: str
    reason: str
    until: str
    """The last day on which it counts, in UTC, as `2027-03-31`."""
    subject: str = ""
    """The finding's subject; `*` stands for any text. Empty: every subject."""
    cluster: str = ""
    """The cluster as it is named to us; `*` as above. Empty: every cluster."""
    where: str = field(default="", compare=False)
    """The file and the entry's number in it."""

    def covers(self, cluster: str) -> bool:
        """Whether the entry speaks of this cluster."""
        return not self.cluster or _fits(self.cluster, cluster)

    def fits(self, check: str, subject: str) -> bool:
        """Whether the entry speaks of this finding."""
        return self.check == check and (not self.subject or _fits(self.subject, subject))

    def is_past(self, now: int) -> bool:
        """Whether its last day was over at this Unix second."""
        return datetime.fromtimestamp(now, UTC).date().isoformat() > self.until


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None
