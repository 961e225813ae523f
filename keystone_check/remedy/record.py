"""Writing with a journal: each change is recorded before it is made and after."""

from collections.abc import Callable
from dataclasses import dataclass, field

from keystone_check.errors import ApplyError
from keystone_check.model.change import Change
from keystone_check.remedy.journal import Journal


@dataclass(slots=True)
class Recorded:
    """A writer that keeps the journal. A run that writes nothing leaves no trace in it."""

    journal: Journal
    write: Callable[[Change], None]
    now: int
    cluster: str
    run: str = field(default="", init=False)
    """The run's id; empty while nothing was written."""

    def __call__(self, change: Change) -> None:
        """Record, write, record. Whatever else than a known refusal ends it leaves the change unconfirmed."""
        self.begin()
        self.journal.writing(change)
        try:
            self.write(change)
        except ApplyError as error:
            if error.unchanged:
                self.journal.refused()
            raise
        self.journal.written()

    def begin(self) -> None:
        """Start the run, unless it is started."""
        self.run = self.run or self.journal.begin(self.now, self.cluster)

    def end(self) -> None:
        """Close the run, if one was begun."""
        if self.run:
            self.journal.end()
