"""What a journal says of earlier runs."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keystone_check.codec import decode
from keystone_check.errors import KeystoneError
from keystone_check.model.change import Change

FORMAT = 1
"""Of the records."""
_RUN = re.compile(r"\d{8}T\d{6}Z(-\d+)?")


@dataclass(frozen=True, slots=True)
class Written:
    """One change of a run, in the order in which they were begun."""

    change: Change
    confirmed: bool
    """False: the run was killed, or nobody knows whether the write took effect."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that wrote something or was about to."""

    id: str
    """When it began, as `20261125T203506Z`: what `--undo` takes."""
    cluster: str
    """As its user named it."""
    changes: tuple[Written, ...]
    ended: bool
    undone: bool

    @property
    def unfinished(self) -> bool:
        """Whether it was killed on its way."""
        return not self.ended and bool(self.changes)


def read(text: str, path: Path) -> tuple[Run, ...]:
    """The runs of a journal's whole lines, oldest first."""
    events: dict[str, list[dict[str, Any]]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        record = _parsed(line, path, number)
        events.setdefault(record["run"], []).append(record)
    settled = {
        record["other"]: record["event"]
        for records in events.values()
        for record in records
        if record["event"] in ("undid", "finished")
    }
    return tuple(_run(id, records, settled.get(id, "")) for id, records in events.items())


def _parsed(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise _damaged(path, number, "it is not JSON") from error
    if not isinstance(record, dict) or record.get("journal") != FORMAT:
        raise _damaged(path, number, f"it is no record of format {FORMAT}")
    if not isinstance(record.get("run"), str) or not _RUN.fullmatch(record["run"]):
        raise _damaged(path, number, "it names no run")
    return record


def _run(id: str, records: list[dict[str, Any]], settled: str) -> Run:
    begun: dict[int, Change] = {}
    confirmed = {record["number"] for record in records if record["event"] == "written"}
    for record in records:
        if record["event"] == "writing":
            begun[record["number"]] = decode(record["change"], Change, "change")
        elif record["event"] == "refused":
            del begun[record["number"]]
    return Run(
        id=id,
        cluster=str(records[0].get("cluster", "")),
        changes=tuple(Written(change, number in confirmed) for number, change in begun.items()),
        ended=bool(settled) or any(record["event"] == "ended" for record in records),
        undone=settled == "undid",
    )


def _damaged(path: Path, number: int, why: str) -> KeystoneError:
    return KeystoneError(
        f"line {number} of the journal {path} cannot be read: {why}",
        "look at it, undo by hand what it names, and move the file away",
    )
