"""What is worth a line although nothing is wrong: what a judgement left out, and what AWS was asked."""

from collections.abc import Iterator

from keystone_check.model.chain import OPTIONAL
from keystone_check.model.finding import Status
from keystone_check.model.outcome import Diagnosis, Outcome

ON_REQUEST = frozenset({"opinions", "dry_runs"})
"""Facts that only an option asks for, by calls of which users want to know what they were."""
_JUDGED = (Status.HOLDS, Status.BROKEN)


def noted(diagnosis: Diagnosis) -> Iterator[str]:
    """Of operators: a check that judged something says what it left out, and what it asked AWS."""
    judged = {it.check.id for it in diagnosis.outcomes if it.status in _JUDGED}
    for outcome in diagnosis.outcomes:
        left_out = outcome.check.id in judged and _left_out(outcome)
        if left_out or _asked(outcome):
            yield f"{outcome.check.link}: {outcome.finding.subject}: {outcome.finding.message}"


def _left_out(outcome: Outcome) -> bool:
    unjudged = outcome.status is Status.NOT_APPLICABLE and outcome.check.link in OPTIONAL
    return unjudged and bool(outcome.finding.subject)


def _asked(outcome: Outcome) -> bool:
    return outcome.status is Status.HOLDS and not ON_REQUEST.isdisjoint(outcome.check.needs)
