"""Accepted findings: the entries read, compared with what was found, and each of them accounted for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from keystone_check.errors import UsageError
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.finding import Status
from keystone_check.model.outcome import Diagnosis, Outcome
from keystone_check.near import did_you_mean, nearest

KEYS = ("check", "reason", "until", "subject", "cluster")
NEEDED = ("check", "reason", "until")
UNSEEN = (Status.BLOCKED, Status.CRASHED)


def accept(diagnosis: Diagnosis, entries: Sequence[Acceptance], cluster: str) -> Diagnosis:
    """The same diagnosis, in which each accepted finding says so, and each entry that fits none is named.

    Only what is broken can be accepted: what nobody saw, and a bug, stay what they are. An entry whose
    check was not asked for, or could not see all that it judges, is not blamed for fitting nothing.
    """
    here = [entry for entry in entries if entry.covers(cluster)]
    now = diagnosis.world.now
    outcomes = tuple(_accepted(outcome, here, now) for outcome in diagnosis.outcomes)
    return replace(diagnosis, outcomes=outcomes, unmatched=tuple(_unmatched(here, outcomes)))


def _accepted(outcome: Outcome, entries: Iterable[Acceptance], now: int) -> Outcome:
    if outcome.status is not Status.BROKEN:
        return outcome
    fitting = [entry for entry in entries if entry.fits(outcome.check.id, outcome.finding.subject)]
    # Of several, the one that holds longest: a renewed entry is often written below the old one.
    entry = max(fitting, key=lambda entry: entry.until, default=None)
    return replace(outcome, acceptance=entry, lapsed=entry is not None and entry.is_past(now))


def _unmatched(entries: Iterable[Acceptance], outcomes: Sequence[Outcome]) -> Iterator[Acceptance]:
    judged = {outcome.check.id for outcome in outcomes}
    judged -= {outcome.check.id for outcome in outcomes if outcome.status in UNSEEN}
    broken = [outcome for outcome in outcomes if outcome.status is Status.BROKEN]
    for entry in entries:
        fits = any(entry.fits(outcome.check.id, outcome.finding.subject) for outcome in broken)
        if entry.check in judged and not fits:
            yield entry


def vetted(entries: Sequence[Acceptance], index: Mapping[str, str]) -> Sequence[Acceptance]:
    """The entries themselves; UsageError where one names a check that there is not."""
    for entry in entries:
        if entry.check not in index:
            hint = nearest(entry.check, index) or "keystone-check --list names them all"
            raise UsageError(f"{entry.where}: there is no check {entry.check!r}", hint)
    return entries


def read(where: str, value: object) -> tuple[Acceptance, ...]:
    """The entries of an `accept` list; UsageError where one is not as it has to be."""
    if not isinstance(value, list):
        raise UsageError(f"{where} is {value!r}", "write one [[accept]] table for each finding")
    return tuple(_entry(f"{where}[{number}]", item) for number, item in enumerate(value))


def _entry(where: str, value: object) -> Acceptance:
    if not isinstance(value, dict):
        raise UsageError(f"{where} is {value!r}", "it must be a table")
    for key in value:
        if key not in KEYS:
            raise UsageError(f"{where}: there is no setting {key!r}", did_you_mean(key, KEYS))
    for key in NEEDED:
        if value.get(key) in (None, ""):
            raise UsageError(f"{where} has no {key}", f"an accepted finding has all of {', '.join(NEEDED)}")
    texts = {key: _text(f"{where}.{key}", item) for key, item in value.items() if key != "until"}
    return Acceptance(**texts, until=day(f"{where}.until", value["until"]), where=where)


def _text(where: str, value: object) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{where} is {value!r}", "it must be a string")
    return value


def day(where: str, value: object) -> str:
    """A day as `2027-03-31`, from TOML's own date or from text; UsageError for all else."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    try:
        # fromisoformat alone would also take 20270331 and 2027-W13-3
        if isinstance(value, str) and date.fromisoformat(value).isoformat() == value:
            return value
    except ValueError:
        pass
    raise UsageError(f"{where} is {str(value)!r}", "it must be a day such as 2027-03-31")
