"""How a set of judgements stands, in one word for machines and one for people."""

from collections.abc import Iterable

from keystone_check.model.finding import Status
from keystone_check.model.outcome import Outcome

ORDER = (Status.CRASHED, Status.BROKEN, Status.BLOCKED)
WORDS = {
    "crashed": "a check failed itself",
    "broken": "broken",
    "blocked": "could not be seen",
    "accepted": "accepted",
    "holds": "holds",
    "not_applicable": "nothing to judge",
}


def standing(outcomes: Iterable[Outcome]) -> str:
    """The worst of them; what is accepted is better than what is broken and worse than what holds."""
    outcomes = tuple(outcomes)
    present = {outcome.status for outcome in outcomes if not outcome.is_accepted}
    for status in ORDER:
        if status in present:
            return status.value
    if any(outcome.is_accepted for outcome in outcomes):
        return "accepted"
    best = Status.HOLDS if Status.HOLDS in present else Status.NOT_APPLICABLE
    return str(best.value)
