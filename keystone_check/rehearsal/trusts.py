"""Trust policies that let a second provider in beside the first, and then no longer the first."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from keystone_check.model.aws import Role
from keystone_check.model.facts import Missing
from keystone_check.model.world import World

Edit = Callable[[str], str]


def trusting(world: World, edit: Edit) -> World:
    """The world whose bound roles have edited trust policies."""
    roles, trusting_roles = world.roles, world.trusting_roles
    if isinstance(roles, Missing):
        return world
    for name, role in roles.seen():
        edited = replace(role, trust=edit(role.trust))
        roles = roles.put(name, edited)
        if not isinstance(trusting_roles, Missing) and isinstance(trusting_roles[role.arn], Role):
            trusting_roles = trusting_roles.put(role.arn, replace(edited, boundary="", tags={}))
    return replace(world, roles=roles, trusting_roles=trusting_roles)


def beside(old: str, new: str) -> Edit:
    """An edit that adds, for each statement about the provider `old`, one like it about `new`."""

    def edit(trust: str) -> str:
        document = _read(trust)
        statements = _statements(document)
        if not statements or any(_names(each, new) for each in statements):
            return trust
        added = [_moved(each, old, new) for each in statements if _names(each, old)]
        return json.dumps({**document, "Statement": [*statements, *added]}, indent=2) if added else trust

    return edit


def instead(old: str, new: str) -> Edit:
    """An edit that leaves the provider `old` out, and lets `new` in where it let in `old`."""

    def edit(trust: str) -> str:
        if not names(trust, old):
            return trust
        document = _read(beside(old, new)(trust))
        kept = [left for each in _statements(document) if (left := _less(each, old)) is not None]
        return json.dumps({**document, "Statement": kept}, indent=2)

    return edit


def names(trust: str, arn: str) -> bool:
    """Whether some statement names the provider."""
    return any(_names(each, arn) for each in _statements(_read(trust)))


def federated(trust: str) -> tuple[str, ...]:
    """Every provider that is named."""
    return tuple(arn for each in _statements(_read(trust)) for arn in _federated(each))


def _read(trust: str) -> Mapping[str, Any]:
    try:
        document = json.loads(trust)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _statements(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    written = document.get("Statement", [])
    listed = written if isinstance(written, list) else [written]
    return [each for each in listed if isinstance(each, dict)]


def _federated(statement: Mapping[str, Any]) -> list[str]:
    principal = statement.get("Principal")
    said = principal.get("Federated", []) if isinstance(principal, dict) else []
    return said if isinstance(said, list) else [said]


def _names(statement: Mapping[str, Any], arn: str) -> bool:
    return arn in _federated(statement)


def _moved(statement: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """The statement for the other provider: principal and condition keys follow, all else stays."""
    before, after = (f"{arn.partition(':oidc-provider/')[2]}:" for arn in (old, new))

    def key(name: str) -> str:
        return f"{after}{name[len(before) :]}" if name.lower().startswith(before.lower()) else name

    conditions = {
        operator: {key(name): values for name, values in keys.items()} if isinstance(keys, dict) else keys
        for operator, keys in (statement.get("Condition") or {}).items()
    }
    moved = {**statement, "Principal": {**statement["Principal"], "Federated": new}}
    if "Sid" in statement:
        moved["Sid"] = f"{statement['Sid']}Next"
    return {**moved, "Condition": conditions} if "Condition" in statement else moved


def _less(statement: dict[str, Any], old: str) -> dict[str, Any] | None:
    if not _names(statement, old):
        return statement
    left = [arn for arn in _federated(statement) if arn != old]
    principal = {name: value for name, value in statement["Principal"].items() if name != "Federated"}
    if left:
        principal["Federated"] = left[0] if len(left) == 1 else left
    return {**statement, "Principal": principal} if principal else None
