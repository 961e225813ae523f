"""The report for machines: one JSON object, versioned by its `schema` field and described by `schema.py`."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from keystone_check.model.acceptance import Acceptance
from keystone_check.model.change import Change
from keystone_check.model.facts import Missing
from keystone_check.model.finding import Evidence, Repair, Status
from keystone_check.model.outcome import Outcome
from keystone_check.reports.printable import veiled
from keystone_check.reports.report import Report, documentation, retries
from keystone_check.reports.shapes import (
    SCHEMA,
    AcceptanceObject,
    EntryObject,
    EvidenceObject,
    LookObject,
    MendingObject,
    OutcomeObject,
    RepairObject,
    ReportObject,
)
from keystone_check.reports.upgraded import as_data


def render(report: Report, mending: MendingObject | None = None) -> str:
    """The object as ASCII text, so that no terminal or log reads a control character in it."""
    foreseen = as_data(report.foreseen) if report.foreseen else None
    document: ReportObject = {**as_object(report), "mending": mending, "foreseen": foreseen}
    return dumps(document)


def dumps(document: object) -> str:
    """JSON as this project writes it."""
    text = json.dumps(shown(document), indent=2, ensure_ascii=True)
    return text.replace("\x7f", "\\u007f") + "\n"


def shown(value: object) -> object:
    """The same without secrets, text by text: what is left out must not take the quote along."""
    match value:
        case str():
            return veiled(value)
        case Mapping():
            return {key: shown(item) for key, item in value.items()}
        case list() | tuple():
            return [shown(item) for item in value]
    return value


def as_object(report: Report) -> LookObject:
    """Every outcome, who asked, the summary and the exit code."""
    diagnosis, headline = report.diagnosis, report.diagnosis.headline
    world = diagnosis.world
    return {
        "schema": SCHEMA,
        "keystone_check": report.version,
        "name": report.name,
        "exit_code": report.exit_code,
        "verdict": report.verdict.word,
        "fail_on": report.gate.fail_on,
        "gathered_at": world.now,
        "cluster": _fact(world.cluster),
        "caller": _fact(world.caller),
        "issuer": _fact(world.issuer),
        "summary": {status.value: len(diagnosis.having(status)) for status in Status},
        "accepted": len(diagnosis.accepted),
        "headline": None if headline is None else outcome(headline, report),
        "outcomes": [outcome(item, report) for item in diagnosis.outcomes],
        "unmatched": [_entry(entry) for entry in diagnosis.unmatched],
        "notes": list(retries(world)),
    }


def outcome(item: Outcome, report: Report) -> OutcomeObject:
    """One check's judgement about one subject."""
    finding, check = item.finding, item.check
    return {
        "check": check.id,
        "link": check.link,
        "title": check.title,
        "severity": check.severity.value,
        "origin": check.origin,
        "documentation": documentation(check),
        "status": finding.status.value,
        "subject": finding.subject,
        "message": finding.message,
        "permission": finding.permission,
        "evidence": _evidence(finding.evidence) if finding.evidence else None,
        "repair": repair(finding.repair) if finding.repair else None,
        "accepted": _acceptance(item.acceptance, item.lapsed) if item.acceptance else None,
        "fails": report.gate.fails(item),
    }


def _evidence(item: Evidence) -> EvidenceObject:
    return {"source": item.source, "expected": item.expected, "seen": item.seen}


def repair(item: Repair) -> RepairObject:
    """What would mend it, the changes as data."""
    return {
        "title": item.title,
        "safety": item.safety.value,
        "reason": item.reason,
        "changes": [change(each) for each in item.changes],
        "steps": list(item.steps),
    }


def change(item: Change) -> Mapping[str, Any]:
    """A change's kind and its fields."""
    return {"kind": type(item).__name__, **asdict(item)}


def _acceptance(entry: Acceptance, lapsed: bool) -> AcceptanceObject:
    return {"reason": entry.reason, "until": entry.until, "lapsed": lapsed}


def _entry(entry: Acceptance) -> EntryObject:
    return {
        "check": entry.check,
        "subject": entry.subject,
        "reason": entry.reason,
        "until": entry.until,
        "where": entry.where,
    }


def _fact(fact: Any) -> Mapping[str, Any]:
    """A fact's fields, or why it is missing; `missing` is there in both and null in the first."""
    if isinstance(fact, Missing):
        return {"missing": fact.because, "permission": fact.permission}
    return {"missing": None, **asdict(fact)}
