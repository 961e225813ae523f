"""The report for Prometheus: its text format, as the node exporter's textfile collector reads it.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format. Names keep to
https://prometheus.io/docs/practices/naming/. A subject is no label: there may be thousands, and they change.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from keystone_check.model.facts import Missing
from keystone_check.model.finding import Status
from keystone_check.model.outcome import Outcome
from keystone_check.model.world import World
from keystone_check.reports.printable import printable
from keystone_check.reports.report import Report

LONGEST = 200
"""Characters of a label's value."""
WRONG = (Status.BROKEN, Status.BLOCKED, Status.CRASHED)

Sample = tuple[Mapping[str, str], int]


def render(report: Report) -> str:
    """All metrics; the last line ends, as the format asks."""
    return several([report], [(report.name, report.exit_code)])


def several(reports: Sequence[Report], codes: Iterable[tuple[str, int]]) -> str:
    """The metrics of several clusters, each family once; `codes` has those without a report too."""
    return "".join(f"{line}\n" for line in _lines(reports, codes))


def _lines(reports: Sequence[Report], codes: Iterable[tuple[str, int]]) -> Iterator[str]:
    each = [(report.diagnosis, {"cluster": report.name}) for report in reports]
    known = [({"cluster": report.name, **_who(report)}, 1) for report in reports]
    yield from _metric("info", "Who was looked at, and by which version.", known)
    yield from _metric(
        "exit_code",
        "What keystone-check ended with: 0 holds, 1 broken, 3 something could not be seen, 4 a bug.",
        (({"cluster": name}, code) for name, code in codes),
    )
    yield from _metric(
        "last_look_timestamp_seconds",
        "When the facts were gathered.",
        ((cluster, diagnosis.world.now) for diagnosis, cluster in each),
    )
    yield from _metric(
        "link_outcomes",
        "Judgements of each link by what they came to; what is accepted is not broken.",
        (
            ({**cluster, "link": link, "status": status}, number)
            for diagnosis, cluster in each
            for link, outcomes in diagnosis.links()
            for status, number in _tally(outcomes).items()
        ),
    )
    yield from _metric(
        "check_outcomes",
        "Subjects for which a check is broken, could not be judged, failed itself or is accepted.",
        (sample for diagnosis, cluster in each for sample in _wrong(diagnosis.outcomes, cluster)),
    )


def _who(report: Report) -> Mapping[str, str]:
    world: World = report.diagnosis.world
    seen = {
        "kubernetes": "" if isinstance(world.cluster, Missing) else world.cluster.version,
        "account": "" if isinstance(world.caller, Missing) else world.caller.account,
        "issuer": "" if isinstance(world.issuer, Missing) else world.issuer.url,
    }
    return {"version": report.version, **seen}


def _standing(outcome: Outcome) -> str:
    return "accepted" if outcome.is_accepted else outcome.status.value


def _tally(outcomes: Iterable[Outcome]) -> Mapping[str, int]:
    """A number for every status, zeros too: a series that comes and goes cannot be alerted on."""
    found = Counter(map(_standing, outcomes))
    return {status: found[status] for status in (*(status.value for status in Status), "accepted")}


def _wrong(outcomes: Iterable[Outcome], cluster: Mapping[str, str]) -> Iterator[Sample]:
    found = Counter(
        (outcome.check.link, outcome.check.id, outcome.check.severity.value, _standing(outcome))
        for outcome in outcomes
        if outcome.status in WRONG
    )
    for (link, check, severity, status), number in found.items():
        yield {**cluster, "link": link, "check": check, "severity": severity, "status": status}, number


def _metric(name: str, says: str, samples: Iterable[Sample]) -> Iterator[str]:
    """A family of metrics; one without a sample is not written."""
    found = list(samples)
    if found:
        yield f"# HELP keystone_check_{name} {says}"
        yield f"# TYPE keystone_check_{name} gauge"
    for labels, value in found:
        shown = ",".join(f'{label}="{_value(text)}"' for label, text in labels.items())
        yield f"keystone_check_{name}{{{shown}}} {value}"


def _value(text: str) -> str:
    """A label's value: backslash, quote and line end are escaped, anything else may stand."""
    shown = printable(text)
    shown = shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
    return shown.replace("\\", "\\\\").replace('"', '\\"')
