"""A plan as a file: made here, approved by somebody, applied from elsewhere. JSON, to be read as a review."""

import datetime
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from keystone_check import __version__
from keystone_check.codec import decode, encode
from keystone_check.errors import KeystoneError, UsageError
from keystone_check.model.change import Change
from keystone_check.model.finding import Repair, Safety
from keystone_check.model.world import World
from keystone_check.remedy import describe
from keystone_check.remedy.plan import Step

FORMAT = 1
_VERSION = "keystone_check_plan"
_ABOUT = (
    "What keystone-check --fix would write, in this order. Nothing else is written by "
    "keystone-check --apply FILE, and nothing at all once what stands there has changed. "
    "It acts on `change`; `title` and `diff` say the same for whoever reviews."
)
_ANEW = "make the plan anew: keystone-check --fix --plan-out FILE"


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan, and for which cluster and account it was made."""

    cluster: str
    """As whoever made it named it."""
    account: str
    issuer: str
    made: str
    """UTC, as `2026-11-25T20:35:06Z`."""
    version: str
    """Of the tool that made it."""
    steps: tuple[Step, ...]
    retold: tuple[int, ...] = ()
    """Numbers of the steps whose title or diff in the file is not that of their change."""


def planned(cluster: str, world: World, steps: Iterable[Step]) -> PlanFile:
    """The plan of these steps, for this cluster as it is seen."""
    made = datetime.datetime.fromtimestamp(world.now, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return PlanFile(cluster, account_of(world), issuer_of(world), made, __version__, tuple(steps))


def account_of(world: World) -> str:
    """The caller's account; empty when nobody knows."""
    return getattr(world.caller, "account", "")


def issuer_of(world: World) -> str:
    """The issuer's address; empty when nobody knows."""
    return getattr(world.issuer, "url", "")


def text(plan: PlanFile) -> str:
    """The file's text."""
    document = {
        _VERSION: FORMAT,
        "about": _ABOUT,
        "version": plan.version,
        "cluster": plan.cluster,
        "account": plan.account,
        "issuer": plan.issuer,
        "made": plan.made,
        "steps": [_written(step) for step in plan.steps],
    }
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def read(document: str, name: str) -> PlanFile:
    """The plan of a file's text; UsageError that names the place where it is none."""
    try:
        given = json.loads(document, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        _damaged(name, "its first byte", f"it is not JSON: {error}")
    if not isinstance(given, dict) or _VERSION not in given:
        raise UsageError(f"{name} is no plan of keystone-check", _ANEW)
    if type(given[_VERSION]) is not int or given[_VERSION] != FORMAT:
        form = json.dumps(given[_VERSION])[:40]
        raise UsageError(f"the plan {name} has format {form}; this version reads {FORMAT}", _ANEW)
    said = {key: _string(given, key, name, "") for key in ("cluster", "account", "issuer", "made", "version")}
    items = given.get("steps")
    if not isinstance(items, list) or not items:
        _damaged(name, "steps", "a list with a step or more belongs there")
    steps = tuple(_step(item, name, f"steps[{number}]") for number, item in enumerate(items))
    pairs = enumerate(zip(items, steps, strict=True), 1)
    retold = tuple(number for number, (item, step) in pairs if not _tells(item, step))
    return PlanFile(**said, steps=_grouped(steps), retold=retold)


def _written(step: Step) -> dict[str, Any]:
    return {
        "title": describe.title(step.change),
        "repair": step.repair.title,
        "class": step.repair.safety.value,
        "reason": step.repair.reason,
        "mends": list(step.mends),
        "diff": list(describe.diff(step.change)),
        "change": encode(step.change, Change),
    }


def _tells(item: dict[str, Any], step: Step) -> bool:
    told = _written(step)
    return all(item.get(key) == told[key] for key in ("title", "diff"))


def _step(item: Any, name: str, at: str) -> Step:
    if not isinstance(item, dict):
        _damaged(name, at, "an object belongs there")
    title, reason = _string(item, "repair", name, f"{at}."), _string(item, "reason", name, f"{at}.")
    word = _string(item, "class", name, f"{at}.")
    if word not in (Safety.SAFE.value, Safety.UNSAFE.value, Safety.RESTART.value):
        _damaged(name, f"{at}.class", f"{word[:40]!r} where safe, unsafe or restart belongs")
    mends = item.get("mends")
    if not isinstance(mends, list) or not all(isinstance(one, str) for one in mends):
        _damaged(name, f"{at}.mends", "a list of texts belongs there")
    return Step(_change(item, name, at), Repair(title, Safety(word), reason), tuple(mends))


def _change(item: dict[str, Any], name: str, at: str) -> Change:
    try:
        change: Change = decode(item.get("change"), Change, f"{at}.change")
    except KeystoneError as error:
        where, _, what = error.message.removeprefix("the snapshot is damaged at ").partition(": ")
        _damaged(name, where, what)
    return change


def _grouped(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps, each with the whole of its repair: what is refused or declined goes with it."""
    whole = {
        step.repair: replace(
            step.repair, changes=tuple(other.change for other in steps if other.repair == step.repair)
        )
        for step in steps
    }
    return tuple(replace(step, repair=whole[step.repair]) for step in steps)


def _string(given: dict[str, Any], key: str, name: str, at: str) -> str:
    value = given.get(key)
    if not isinstance(value, str):
        _damaged(name, f"{at}{key}", "a text belongs there")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object names a key twice")
    return found


def _damaged(name: str, at: str, what: str) -> NoReturn:
    raise UsageError(f"the plan {name} is damaged at {at}: {what}", _ANEW)
