"""The report for machines: one JSON object, versioned by its `schema` field."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from keystone_check.model.change import Change
from keystone_check.model.facts import Missing
from keystone_check.model.finding import Repair, Status
from keystone_check.model.outcome import Outcome
from keystone_check.model.world import World
from keystone_check.reports.printable import veiled
from keystone_check.reports.report import Report, retries

SCHEMA = 1

Json = Mapping[str, Any]


def render(report: Report, mending: Json | None = None) -> str:
    """The object as ASCII text, so that no terminal or log reads a control character in it."""
    document = {**as_object(report), "mending": mending}
    return dumps(document)


def dumps(document: object) -> str:
    """JSON as this project writes it."""
    text = json.dumps(_veiled(document), indent=2, ensure_ascii=True)
    return text.replace("\x7f", "\\u007f") + "\n"


def _veiled(value: object) -> object:
    """Text by text: what is left out of one must not take the quote that ends it along."""
    match value:
        case str():
            return veiled(value)
        case Mapping():
            return {key: _veiled(item) for key, item in value.items()}
        case list() | tuple():
            return [_veiled(item) for item in value]
    return value


def as_object(report: Report) -> Json:
    """Every outcome, who asked, the summary and the exit code."""
    diagnosis, headline = report.diagnosis, report.diagnosis.headline
    return {
        "schema": SCHEMA,
        "keystone_check": report.version,
        "name": report.name,
        "exit_code": report.exit_code,
        "verdict": report.verdict.name.lower(),
        **_header(diagnosis.world),
        "summary": {status.value: len(diagnosis.having(status)) for status in Status},
        "headline": None if headline is None else outcome(headline),
        "outcomes": [outcome(item) for item in diagnosis.outcomes],
        "notes": list(retries(diagnosis.world)),
    }


def outcome(item: Outcome) -> Json:
    """One check's judgement about one subject."""
    finding, check = item.finding, item.check
    return {
        "check": check.id,
        "link": check.link,
        "title": check.title,
        "severity": check.severity.value,
        "status": finding.status.value,
        "subject": finding.subject,
        "message": finding.message,
        "permission": finding.permission,
        "evidence": asdict(finding.evidence) if finding.evidence else None,
        "repair": repair(finding.repair) if finding.repair else None,
    }


def repair(item: Repair) -> Json:
    """What would mend it, the changes as data."""
    return {
        "title": item.title,
        "safety": item.safety.value,
        "reason": item.reason,
        "changes": [change(each) for each in item.changes],
        "steps": list(item.steps),
    }


def change(item: Change) -> Json:
    """A change's kind and its fields."""
    return {"kind": type(item).__name__, **asdict(item)}


def _header(world: World) -> Json:
    return {
        "gathered_at": world.now,
        "cluster": _fact(world.cluster),
        "caller": _fact(world.caller),
        "issuer": _fact(world.issuer),
    }


def _fact(fact: Any) -> Json:
    """A fact's fields, or why it is missing; `missing` is there in both and null in the first."""
    if isinstance(fact, Missing):
        return {"missing": fact.because, "permission": fact.permission}
    return {"missing": None, **asdict(fact)}
