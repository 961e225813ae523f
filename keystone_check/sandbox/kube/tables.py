"""The Table form of a list, which `kubectl get` asks for."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from keystone_check.sandbox.kube.resources import CONFIG_MAPS, NAMESPACES, PODS, SECRETS, Resource
from keystone_check.sandbox.kube.store import Stored
from keystone_check.sandbox.kube.wire import Object


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name and how a cell is read from an object."""

    name: str
    cell: Callable[[Object], object]
    priority: int = 0


_LESS = 1
"""The priority of columns that kubectl shows with `-o wide` only."""
_PHASE = Column("Status", lambda value: value["status"]["phase"])
_COLUMNS = {
    CONFIG_MAPS.plural: (Column("Data", lambda value: len(value.get("data") or {})),),
    NAMESPACES.plural: (_PHASE,),
    PODS.plural: (
        Column("Ready", lambda value: f"0/{len(value['spec']['containers'])}"),
        _PHASE,
        Column("Restarts", lambda value: "0"),
        Column("IP", lambda value: value["status"].get("podIP", "<none>"), _LESS),
        Column("Node", lambda value: value["spec"].get("nodeName", "<none>"), _LESS),
        Column("Nominated Node", lambda value: value["status"].get("nominatedNodeName", "<none>"), _LESS),
        Column("Readiness Gates", lambda value: "<none>", _LESS),
    ),
    SECRETS.plural: (
        Column("Type", lambda value: value["type"]),
        Column("Data", lambda value: len(value.get("data") or {})),
    ),
}


def table(
    resource: Resource, items: Sequence[Stored], metadata: Object, now: int, include: str
) -> dict[str, Any]:
    """The rows, each with as much of its object as was asked for: None, Metadata or Object."""
    own = _COLUMNS.get(resource.qualified, ())
    columns = (
        Column("Name", lambda value: value["metadata"]["name"]),
        *(column for column in own if not column.priority),
        Column("Age", lambda value: _age_of(value, now)),
        *(column for column in own if column.priority),
    )
    definitions = [
        {
            "name": column.name,
            "type": "string",
            "format": "name" if column.name == "Name" else "",
            "description": "",
            "priority": column.priority,
        }
        for column in columns
    ]
    rows = [
        {
            "cells": [column.cell(item.value) for column in columns],
            **_object(item, include),
        }
        for item in items
    ]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": definitions,
        "rows": rows,
    }


def _object(item: Stored, include: str) -> dict[str, Any]:
    match include:
        case "None":
            return {}
        case "Object":
            head = {"kind": item.resource.kind, "apiVersion": item.resource.api_version}
            return {"object": {**head, **item.value}}
        case _:
            head = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}
            return {"object": {**head, "metadata": item.value["metadata"]}}


def _age_of(value: Object, now: int) -> str:
    created = datetime.datetime.fromisoformat(value["metadata"]["creationTimestamp"])
    return age(now - int(created.timestamp()))


def age(seconds: int) -> str:
    """A duration as kubectl writes it, one or two units (apimachinery, duration.HumanDuration)."""
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if seconds < 0:
        return "<invalid>" if seconds < -1 else "0s"
    if seconds < 120:
        return f"{seconds}s"
    if minutes < 10:
        return f"{minutes}m" + (f"{seconds % 60}s" if seconds % 60 else "")
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return f"{hours}h" + (f"{minutes % 60}m" if minutes % 60 else "")
    if hours < 48:
        return f"{hours}h"
    if days < 8:
        return f"{days}d" + (f"{hours % 24}h" if hours % 24 else "")
    if days < 730:
        return f"{days}d"
    years = days // 365
    return f"{years}y" + (f"{days % 365}d" if years < 8 and days % 365 else "")
