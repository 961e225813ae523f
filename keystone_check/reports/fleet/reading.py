"""A report from its JSON. What such a file does not keep is missing in it; what is wrong is refused."""

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import fields
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from keystone_check import checks
from keystone_check.errors import KeystoneError
from keystone_check.gate import FAIL_ON, Gate
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.aws import Caller
from keystone_check.model.cluster import Cluster, Issuer
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, Status
from keystone_check.model.outcome import Check, Diagnosis, Outcome
from keystone_check.model.world import Expected, World
from keystone_check.reports.fleet.values import Member, What
from keystone_check.reports.report import Report
from keystone_check.reports.shapes import SCHEMA
from keystone_check.shard import MOST, Shard

Json = Mapping[str, Any]
E = TypeVar("E", bound=Enum)
F = TypeVar("F")
UNKEPT = "a JSON report does not keep it"
LATEST = 253402300799
"""The last second that a calendar of four digits has, in Unix seconds."""


def read(content: bytes) -> tuple[Shard | None, tuple[Member, ...]]:
    """The clusters of a file, one or several, and which shard they are. KeystoneError says what is wrong."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise KeystoneError(f"is no JSON{where}", "it was cut off, or is something else") from error
    if not isinstance(document, dict) or "schema" not in document or "keystone_check" not in document:
        raise KeystoneError("is no report of keystone-check", "make it with --format json")
    if document["schema"] != SCHEMA:
        raise KeystoneError(
            f"has schema {document['schema']!r}, and this version knows {SCHEMA}",
            f"it was written by keystone-check {document['keystone_check']}: use the newer of the two here",
        )
    try:
        return _read(document)
    except DamagedError as damage:
        raise KeystoneError(f"is damaged: {damage}", "make it anew") from damage


class DamagedError(Exception):
    """What is wrong in a document."""


def _read(document: Json) -> tuple[Shard | None, tuple[Member, ...]]:
    if "clusters" not in document:
        return None, (Member(_get(document, "name", str), _report(document), document=document),)
    shard, members = _shard(document.get("shard")), tuple(map(_member, _objects(document, "clusters")))
    if not shard and not members:
        raise DamagedError("no cluster is in it")  # a share alone may have none
    return shard, members


def _shard(said: object) -> Shard | None:
    if said is None:
        return None
    if not isinstance(said, dict):
        raise DamagedError("shard is no object")
    part = Shard(_get(said, "number", int), _get(said, "of", int))
    if not 1 <= part.number <= part.of <= MOST:
        raise DamagedError(f"there is no shard {part}")
    return part


def _member(said: Json) -> Member:
    name, gap, hint = (_get(said, key, str) for key in ("name", "gap", "hint"))
    document = said.get("report")
    if document is None:
        if not gap:
            raise DamagedError(f"{name} has no report, and nothing says why")
        return Member(name, None, gap, hint, what=_what(said))
    if not isinstance(document, dict):
        raise DamagedError(f"the report of {name} is no object")
    report = _report(document)
    if report.name != name:
        raise DamagedError(f"the report of {name} is of {report.name}")
    return Member(name, report, gap, hint, document)


def _what(said: Json) -> What:
    what: What | None = _WHAT.get(_get(said, "what", str))
    if what is None:
        raise DamagedError(f"what is {said['what']!r}")
    return what


_WHAT: Mapping[str, What] = {"cluster": "cluster", "shard": "shard", "file": "file"}


def _report(said: Json) -> Report:
    name = _get(said, "name", str)
    told = tuple(_objects(said, "outcomes"))
    outcomes = tuple(map(_outcome, told))
    unmatched = tuple(_entry(item) for item in _objects(said, "unmatched"))
    gate = _gate(_get(said, "fail_on", str), told, outcomes)
    diagnosis = Diagnosis(_world(said), outcomes, unmatched)
    again = shlex.join(["keystone-check", "--cluster", name])
    report = Report(name, diagnosis, again, gate, _get(said, "keystone_check", str))
    if report.exit_code != _get(said, "exit_code", int):
        says = f"it says exit code {said['exit_code']}, and its outcomes make {report.exit_code}"
        raise DamagedError(says)
    return report


def _gate(fail_on: str, told: Iterable[Json], outcomes: Iterable[Outcome]) -> Gate:
    """The gate by which these outcomes failed or did not."""
    if fail_on not in FAIL_ON:
        raise DamagedError(f"fail_on is {fail_on!r}")
    gate = Gate(fail_on)
    forgives = any(
        gate.fails(item) and not _get(said, "fails", bool) for said, item in zip(told, outcomes, strict=True)
    )
    return Gate(fail_on, forgives)


def _outcome(said: Json) -> Outcome:
    entry = said.get("accepted")
    acceptance, lapsed = None, False
    if isinstance(entry, dict):
        reason, until = _get(entry, "reason", str), _get(entry, "until", str)
        acceptance = Acceptance(_get(said, "check", str), reason, until)
        lapsed = _get(entry, "lapsed", bool)
    return Outcome(_check(said), _finding(said), acceptance, lapsed)


@cache
def _pages() -> Mapping[str, str]:
    return {check.id: check.page for check in checks.load()}


def _nothing(**_: object) -> Iterable[Finding]:
    """The judge is not in the file."""
    return ()


def _check(said: Json) -> Check:
    id, origin, address = (_get(said, key, str) for key in ("check", "origin", "documentation"))
    page = f"## References\n- {address}" if address else ""
    page = page if origin else _pages().get(id, page)
    severity = _word(said, "severity", Severity)
    link, title = _get(said, "link", str), _get(said, "title", str)
    return Check(id, link, title, page, severity, (), frozenset(), _nothing, origin=origin)


def _finding(said: Json) -> Finding:
    return Finding(
        _word(said, "status", Status),
        _get(said, "subject", str),
        _get(said, "message", str),
        _evidence(said.get("evidence")),
        _repair(said.get("repair")),
        _get(said, "permission", str),
    )


def _evidence(said: object) -> Evidence | None:
    if not isinstance(said, dict):
        return None
    return Evidence(*(_get(said, key, str) for key in ("source", "expected", "seen")))


def _repair(said: object) -> Repair | None:
    """Without its changes: they are planned anew before they are made."""
    if not isinstance(said, dict):
        return None
    steps = said.get("steps", [])
    if not isinstance(steps, list) or not all(isinstance(step, str) for step in steps):
        raise DamagedError("the steps of a repair are no texts")
    safety = _word(said, "safety", Safety)
    return Repair(_get(said, "title", str), safety, _get(said, "reason", str), (), tuple(steps))


def _entry(said: Json) -> Acceptance:
    keys = ("check", "reason", "until", "subject", "where")
    return Acceptance(**{key: _get(said, key, str) for key in keys})


def _world(said: Json) -> World:
    facts: dict[str, Any] = {field.name: Missing(field.name, UNKEPT) for field in fields(World)}
    given = {"expected": Expected(), "now": _moment(said, "gathered_at"), "chains": Subjects()}
    seen = {
        "cluster": _fact(said, "cluster", Cluster),
        "caller": _fact(said, "caller", Caller),
        "issuer": _fact(said, "issuer", Issuer),
    }
    return World(**{**facts, **given, **seen})


def _moment(said: Json, key: str) -> int:
    seconds = _get(said, key, int)
    if not 0 <= seconds <= LATEST:
        raise DamagedError(f"{key} is no time")
    return seconds


def _fact(said: Json, name: str, kind: type[F]) -> F | Missing:
    told = _get(said, name, dict)
    if told.get("missing") is not None:
        return Missing(name, _get(told, "missing", str), _get(told, "permission", str))
    return kind(**{field.name: _get(told, field.name, str) for field in fields(kind)})  # type: ignore[arg-type]


def _objects(said: Json, key: str) -> list[Json]:
    items = _get(said, key, list)
    if not all(isinstance(item, dict) for item in items):
        raise DamagedError(f"something in {key} is no object")
    return items


def _word(said: Json, key: str, kind: type[E]) -> E:
    word = _get(said, key, str)
    try:
        return kind(word)
    except ValueError:
        raise DamagedError(f"{key} is {word!r}") from None


def _get(said: Mapping[str, Any], key: str, kind: type[F]) -> F:
    value = said.get(key)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise DamagedError(f"{key} is {'not there' if key not in said else 'of another kind'}")
    return value
