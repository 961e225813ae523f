"""Results of several clusters, as files."""

import json
from dataclasses import replace
from typing import Any

from keystone_check.model.finding import Finding, holds
from keystone_check.model.outcome import Outcome
from keystone_check.reports import render
from keystone_check.reports.fleet.merge import Result
from keystone_check.reports.fleet.values import Fleet, Member
from keystone_check.reports.report import Report
from keystone_check.reports.screen import Screen
from keystone_check.shard import Shard
from tests.reports import build
from tests.worlds import NOW

SCREEN = Screen()
HOUR = 3600


def report(name: str, *findings: Finding | Outcome, ago: int = HOUR, exit_zero: bool = False) -> Report:
    """A report of this cluster, which was looked at so long ago."""
    seen = replace(build.world(), now=NOW - ago)
    made = build.report(*(findings or (holds(build.PROVIDER),)), exit_zero=exit_zero, seen=seen)
    return replace(made, name=name, again=f"keystone-check --cluster {name}")


def fleet(*reports: Report, shard: Shard | None = None) -> Fleet:
    """These clusters."""
    return Fleet(tuple(Member(each.name, each) for each in reports), shard)


def document(found: Fleet | Report) -> dict[str, Any]:
    """Its JSON, through text and back."""
    read: dict[str, Any] = json.loads(render(found, "json", SCREEN))
    return read


def result(where: str, found: Fleet | Report | dict[str, Any]) -> Result:
    """A file of it."""
    said = found if isinstance(found, dict) else document(found)
    return Result(where, json.dumps(said).encode())
