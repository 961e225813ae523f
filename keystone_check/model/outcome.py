"""A check, what it found, and the whole diagnosis."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from keystone_check.model.acceptance import Acceptance
from keystone_check.model.chain import LINKS
from keystone_check.model.finding import Finding, Severity, Status
from keystone_check.model.world import World


@dataclass(frozen=True, slots=True)
class Check:
    """One module of `checks/`, read: nothing in it is said twice."""

    id: str
    link: str
    title: str
    """A sentence that is true when the check passes."""
    page: str
    severity: Severity
    needs: tuple[str, ...]
    """Names of the World's fields."""
    admits: frozenset[str]
    """Needs whose parameter type names Absent, so that the judge itself decides about absence."""
    judge: Callable[..., Iterable[Finding]]
    tolerates: frozenset[str] = frozenset()
    """Needs whose parameter type names Missing, so that the judge goes on without them."""
    parts: frozenset[str] = frozenset()
    """Of needs that can be read in parts, those that the judge looks at (`bucket.policy`)."""
    origin: str = ""
    """For a check of the user's: the file that it is in. Empty for ours."""

    @property
    def reads(self) -> frozenset[str]:
        """What has to be gathered for it: its needs, by their parts where it names some."""
        by_parts = {part.partition(".")[0] for part in self.parts}
        return self.parts.union(need for need in self.needs if need not in by_parts)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check found about one subject."""

    check: Check
    finding: Finding
    acceptance: Acceptance | None = None
    """The user's entry that speaks of this broken finding."""
    lapsed: bool = False
    """Whether that entry's last day is over, so that it no longer counts."""

    @property
    def status(self) -> Status:
        return self.finding.status

    @property
    def is_accepted(self) -> bool:
        """Whether the user lives with it. It stays broken, and does not fail."""
        return self.acceptance is not None and not self.lapsed


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Every outcome of one look, in the chain's order, with the facts that they rest on."""

    world: World
    outcomes: tuple[Outcome, ...]
    unmatched: tuple[Acceptance, ...] = ()
    """The user's entries that fit no finding, though their checks were judged."""

    def having(self, status: Status) -> tuple[Outcome, ...]:
        """The outcomes of one status."""
        return tuple(outcome for outcome in self.outcomes if outcome.status is status)

    @property
    def broken(self) -> tuple[Outcome, ...]:
        """What is broken and not accepted."""
        return tuple(outcome for outcome in self.having(Status.BROKEN) if not outcome.is_accepted)

    @property
    def accepted(self) -> tuple[Outcome, ...]:
        """What is broken, and the user lives with it."""
        return tuple(outcome for outcome in self.outcomes if outcome.is_accepted)

    @property
    def headline(self) -> Outcome | None:
        """The first broken outcome along the chain that is not accepted: later ones may follow from it."""
        return next(iter(self.broken), None)

    def links(self) -> Iterator[tuple[str, tuple[Outcome, ...]]]:
        """Outcomes by link, every link once."""
        for link in LINKS:
            yield link.id, tuple(outcome for outcome in self.outcomes if outcome.check.link == link.id)
