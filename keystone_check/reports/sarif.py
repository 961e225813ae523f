"""The report as SARIF 2.1.0, in the subset that GitHub code scanning reads.

https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support says which
properties it needs: among them a file for each result. What is judged is no file, so each result points at
the configuration, where a cluster is described and a finding accepted, and names its subject as a logical
location. What could not be seen is no alert but a notification of the run.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from keystone_check.configuration import FILE
from keystone_check.model.finding import Severity, Status
from keystone_check.model.outcome import Check, Outcome
from keystone_check.reports.as_json import dumps
from keystone_check.reports.printable import printable
from keystone_check.reports.report import Report, documentation, idle_entries, section, sentence, terms

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {
    Severity.CRITICAL: ("error", "9.5"),
    Severity.HIGH: ("error", "8.0"),
    Severity.MEDIUM: ("warning", "5.5"),
    Severity.LOW: ("note", "2.0"),
}
"""SARIF's level, and the number from which GitHub makes its own critical, high, medium and low."""
MOST_TEXT = 1024
"""What GitHub shows of a rule's description."""

MOST_RESULTS = 25_000
"""GitHub refuses a run with more."""

Json = Mapping[str, Any]


def render(report: Report) -> str:
    """One run of one tool."""
    return several([report], ())


def several(reports: Sequence[Report], gaps: Iterable[tuple[str, str, str]]) -> str:
    """A run for each cluster, and one that tells of those (name, gap, hint) that could not be seen."""
    runs = [*map(_run, reports), *(_blind(*gap) for gap in gaps)]
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": runs})


def _blind(name: str, gap: str, hint: str) -> Json:
    said = _plain(f"{gap}; {hint}" if hint else gap)
    notification = {"level": "error", "message": {"text": said}}
    invocation = {"executionSuccessful": False, "toolExecutionNotifications": [notification]}
    return {
        "tool": {"driver": {"name": "keystone-check", "rules": []}},
        "automationDetails": {"id": f"keystone-check/{printable(name)}/unseen/"},
        "invocations": [invocation],
        "results": [],
    }


def _run(report: Report) -> Json:
    checks = tuple(dict.fromkeys(outcome.check for outcome in report.diagnosis.outcomes))
    driver = {
        "name": "keystone-check",
        "semanticVersion": report.version,
        "rules": [_rule(check) for check in checks],
    }
    return {
        "tool": {"driver": driver},
        # GitHub keeps the runs of one category apart, so that one cluster's do not replace another's.
        "automationDetails": {"id": f"keystone-check/{printable(report.name)}/"},
        "invocations": [_invocation(report)],
        "results": list(_results(report, [check.id for check in checks])),
    }


def _rule(check: Check) -> Json:
    level, number = LEVELS[check.severity]
    helped = section(check, "How to fix") or check.title
    address = documentation(check)
    return {
        "id": check.id,
        "name": "".join(word.capitalize() for word in check.id.split("_")),
        "shortDescription": {"text": check.title[:MOST_TEXT]},
        "fullDescription": {"text": (section(check, "Why it matters") or check.title)[:MOST_TEXT]},
        "help": {"text": helped, "markdown": check.page or helped},
        **({"helpUri": address} if address else {}),
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": ["security", check.link],
            "security-severity": number,
            "precision": "very-high",
        },
    }


def _results(report: Report, ids: Sequence[str]) -> Iterator[Json]:
    met: dict[tuple[str, str], int] = {}
    for outcome in _gravest(report)[:MOST_RESULTS]:
        key = (outcome.check.id, outcome.finding.subject)
        met[key] = met.get(key, 0) + 1
        yield {
            "ruleId": outcome.check.id,
            "ruleIndex": ids.index(outcome.check.id),
            "level": LEVELS[outcome.check.severity][0],
            "message": {"text": _message(outcome)},
            "locations": [_location(outcome)],
            "partialFingerprints": _fingerprints(report.name, *key, met[key]),
            "suppressions": list(_suppressions(outcome)),
            "properties": {"link": outcome.check.link, "fails": report.gate.fails(outcome)},
        }


def _gravest(report: Report) -> Sequence[Outcome]:
    """All that is broken; the most severe first where GitHub would refuse so many."""
    broken = report.diagnosis.having(Status.BROKEN)
    if len(broken) <= MOST_RESULTS:
        return broken
    return sorted(broken, key=lambda outcome: list(LEVELS).index(outcome.check.severity))


def _left_out(report: Report) -> Iterator[str]:
    left = len(report.diagnosis.having(Status.BROKEN)) - MOST_RESULTS
    if left > 0:
        yield f"{left} further broken findings are left out: GitHub takes {MOST_RESULTS}"


def _message(outcome: Outcome) -> str:
    evidence = outcome.finding.evidence
    said = [sentence(outcome.finding)]
    if evidence:
        said += [f"Expected: {evidence.expected}", f"Seen: {evidence.seen}", f"Read from: {evidence.source}"]
    return "\n".join(map(_plain, said))


def _plain(text: str) -> str:
    """Text in which nothing is a link: SARIF reads `[words](target)` as one even in plain text."""
    return re.sub(r"([\[\]\\])", r"\\\1", printable(text)) if "](" in text else printable(text)


def _location(outcome: Outcome) -> Json:
    subject = printable(outcome.finding.subject) or outcome.check.link
    return {
        "physicalLocation": {"artifactLocation": {"uri": FILE}, "region": {"startLine": 1}},
        "logicalLocations": [{"name": subject, "fullyQualifiedName": subject, "kind": "resource"}],
    }


def _fingerprints(cluster: str, check: str, subject: str, number: int) -> Json:
    """What makes a finding the same one in the next run: never its message, which quotes values.

    GitHub compares `primaryLocationLineHash` and no other.
    """
    text = "\0".join((cluster, check, subject)).encode("utf-8", "surrogatepass")
    same = f"{hashlib.sha256(text).hexdigest()[:32]}:{number}"
    return {"primaryLocationLineHash": same, "keystoneCheck/v1": same}


def _suppressions(outcome: Outcome) -> Iterator[Json]:
    if outcome.acceptance is not None:
        status = "rejected" if outcome.lapsed else "accepted"
        yield {"kind": "external", "status": status, "justification": printable(terms(outcome.acceptance))}


def _invocation(report: Report) -> Json:
    crashed, blocked = (report.diagnosis.having(status) for status in (Status.CRASHED, Status.BLOCKED))
    return {
        "executionSuccessful": not crashed,
        "exitCode": report.exit_code,
        "exitCodeDescription": report.verdict.word,
        "toolExecutionNotifications": [
            *(_notification(outcome, "error") for outcome in crashed),
            *(_notification(outcome, "warning") for outcome in blocked),
        ],
        "toolConfigurationNotifications": [
            {"level": "note", "message": {"text": _plain(note)}}
            for note in (*idle_entries(report.diagnosis), *_left_out(report))
        ],
    }


def _notification(outcome: Outcome, level: str) -> Json:
    needs = f" (needs {outcome.finding.permission})" if outcome.finding.permission else ""
    return {
        "level": level,
        "message": {"text": _plain(f"{outcome.check.id}: {sentence(outcome.finding)}{needs}")},
        "associatedRule": {"id": outcome.check.id},
    }
