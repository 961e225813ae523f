"""What a role's inline policy would grant beyond what the operators that use the role ask for. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from keystone_check.checks.policing import askers
from keystone_check.model.grant import SetRolePolicy
from keystone_check.model.world import World


def overgranted(world: World, change: SetRolePolicy) -> str:
    """In words; empty where each new statement is one of the least policies, or a part of one."""
    before, after = (list(_statements(text)) for text in (change.before, change.after))
    if any(it not in after for it in before if it.get("Effect") != "Allow"):
        return "it takes out a denial"
    new = [it for it in after if it not in before]
    known = _least(world, change.role_arn) if new else []
    for statement in new:
        if not any(_within(statement, it) for it in known):
            return f"nothing that uses {change.role_arn} asks for {_named(statement)}"
    return ""


def _least(world: World, role_arn: str) -> list[Mapping[str, Any]]:
    asking = (it for it in askers(world) if it.role_arn == role_arn)
    return [statement for it in asking for document in it.least() for statement in document.statements]


def _within(statement: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    rest = {key: it for key, it in statement.items() if key not in ("Sid", "Action", "Resource")}
    same = rest == {key: it for key, it in known.items() if key not in ("Sid", "Action", "Resource")}
    return same and all(_among(statement.get(key), known[key]) for key in ("Action", "Resource"))


def _among(some: Any, known: Any) -> bool:
    texts = set(_listed(some))
    return bool(texts) and texts <= set(_listed(known))


def _named(statement: Mapping[str, Any]) -> str:
    return ", ".join(_listed(statement.get("Action")) or sorted(statement))


def _listed(value: Any) -> list[str]:
    return list(map(str, value)) if isinstance(value, list) else [] if value is None else [str(value)]


def _statements(text: str | None) -> Iterator[dict[str, Any]]:
    try:
        document = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return
    found = document.get("Statement") if isinstance(document, dict) else None
    held: Iterable[Any] = found if isinstance(found, list) else [found]
    yield from (it for it in held if isinstance(it, dict))
