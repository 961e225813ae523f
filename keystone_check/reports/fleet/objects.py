"""Several clusters as JSON: each report as it is for one cluster, and beside it why it may not count."""

from keystone_check.reports import as_json
from keystone_check.reports.fleet.values import Fleet, Member
from keystone_check.reports.shapes import SCHEMA, FleetObject, MemberObject, ReportObject
from keystone_check.reports.upgraded import as_data


def as_object(fleet: Fleet) -> FleetObject:
    """The whole object."""
    return {
        "schema": SCHEMA,
        "keystone_check": fleet.version,
        "exit_code": fleet.exit_code,
        "verdict": fleet.verdict.word,
        "shard": {"number": fleet.shard.number, "of": fleet.shard.of} if fleet.shard else None,
        "clusters": [_member(member) for member in fleet.members],
    }


def _member(member: Member) -> MemberObject:
    return {
        "name": member.name,
        "what": member.what,
        "exit_code": member.exit_code,
        "verdict": member.verdict.word,
        "gap": member.gap,
        "hint": member.hint,
        "report": _report(member),
    }


def _report(member: Member) -> ReportObject | None:
    """As it was read, where it was: of a file nothing is lost on the way through."""
    report = member.report
    if report is None:
        return None
    if member.document is not None:
        return member.document  # type: ignore[return-value]  # its reader has looked at it
    foreseen = as_data(report.foreseen) if report.foreseen else None
    return {**as_json.as_object(report), "mending": None, "foreseen": foreseen}
