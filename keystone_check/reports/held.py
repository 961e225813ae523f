"""Repairs that were held back: why, what releases them, and how they get into the source of an owner."""

from collections.abc import Iterator, Sequence

from keystone_check.model.finding import Safety
from keystone_check.model.owner import Owner
from keystone_check.remedy.plan import HeldBack
from keystone_check.reports import as_json
from keystone_check.reports.screen import Screen
from keystone_check.reports.shapes import HeldBackObject


def lines(held: Sequence[HeldBack], again: str, screen: Screen) -> Iterator[str]:
    """Each with what releases it; lines to write by hand stand with the finding itself."""
    if held:
        yield ""
        yield screen.paint("bold", "Held back")
    for item in held:
        yield from screen.marked("-", f"{item.repair.title} ({item.outcome.check.id})")
        yield from screen.pair("class", f"{item.repair.safety.value}: {item.repair.reason}", "    ")
        for owner in item.owners:
            yield from screen.pair("managed", f"by {owner.name} ({owner.told_by})", "    ")
            yield from screen.pair("instead", emitting(item, owner, again), "    ")
            yield from screen.pair("then", f"put that into {owner.source}", "    ")
        yield from screen.pair("release", _release(item, "do it by hand, as the report says"), "    ")


def line(item: HeldBack) -> str:
    """The same in one line."""
    owned = "".join(f" (managed by {owner.name}: {owner.told_by})" for owner in item.owners)
    by_hand = item.repair.safety is Safety.MANUAL
    release = "by hand" if by_hand else f"released by {_release(item)}"
    return f"HELD BACK {item.repair.title}{owned}: {release}"


def as_object(item: HeldBack) -> HeldBackObject:
    """The same as the JSON report has it."""
    return {
        "check": item.outcome.check.id,
        "release": item.release,
        "repair": as_json.repair(item.repair),
        "managed": [{"by": one.name, "told_by": one.told_by, "emit": one.form} for one in item.owners],
    }


def instead(held: Sequence[HeldBack], again: str) -> str:
    """The command for the first that something else manages; empty where nothing does."""
    return next((emitting(item, item.owners[0], again) for item in held if item.owners), "")


def emitting(item: HeldBack, owner: Owner, again: str) -> str:
    """The command that prints the repair in the form that goes into the owner's source."""
    unsafe = "" if item.repair.safety is Safety.SAFE else f"={item.repair.safety.value}"
    return f"{again} --only {item.outcome.check.id} --fix{unsafe} --emit {owner.form}"


def _release(item: HeldBack, by_hand: str = "") -> str:
    if item.repair.safety is Safety.MANUAL:
        return by_hand
    names = " and ".join(owner.name for owner in item.owners)
    return f"{item.release}, which {names} will likely revert" if names else item.release
