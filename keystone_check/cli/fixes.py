"""`--list-fixes`: for the present findings what can be mended, by which class, with which rights."""

from collections.abc import Iterator

from keystone_check.model.finding import Repair
from keystone_check.model.outcome import Diagnosis, Outcome
from keystone_check.model.world import World
from keystone_check.remedy.owners import owners
from keystone_check.remedy.plan import named
from keystone_check.reports.as_json import dumps
from keystone_check.reports.printable import printable


def fixes(diagnosis: Diagnosis, format: str) -> str:
    """A paragraph for each broken finding; for machines a list of objects."""
    if format == "json":
        return dumps([_object(outcome, diagnosis.world) for outcome in diagnosis.broken])
    if not diagnosis.broken:
        return "nothing is broken\n"
    lines = (line for outcome in diagnosis.broken for line in _lines(outcome, diagnosis.world))
    return "".join(f"{printable(line)}\n" for line in lines)


def permissions(repair: Repair) -> tuple[str, ...]:
    """The rights that writing this repair takes, each once."""
    from keystone_check.remedy.apply.rights import permissions  # it stands in the writer's room, with boto3

    return permissions(repair.changes)


def _lines(outcome: Outcome, world: World) -> Iterator[str]:
    yield named(outcome)
    repair = outcome.finding.repair
    if repair is None:
        yield "  no repair is known from here"
        return
    yield f"  repair: {repair.title}"
    yield f"  class: {repair.safety.value}: {repair.reason}"
    for owner in owners(world, repair.changes):
        yield f"  managed: by {owner.name} ({owner.told_by}); released by --managed"
    if rights := permissions(repair):
        yield f"  rights: {', '.join(rights)}"
    yield from (f"  by hand: {step}" for step in repair.steps)


def _object(outcome: Outcome, world: World) -> dict[str, object]:
    repair = outcome.finding.repair
    return {
        "check": outcome.check.id,
        "subject": outcome.finding.subject,
        "repair": repair.title if repair else None,
        "class": repair.safety.value if repair else None,
        "reason": repair.reason if repair else None,
        "permissions": list(permissions(repair)) if repair else [],
        "steps": list(repair.steps) if repair else [],
        "managed": [owner.name for owner in owners(world, repair.changes)] if repair else [],
    }
