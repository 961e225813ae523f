"""What the providers of Terraform publish of their resources, and what is amiss with one that is emitted."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[3] / "fixtures"
RESOURCES: Mapping[str, Any] = json.loads((FIXTURES / "terraform" / "resources.json").read_text())
META = {"lifecycle"}
"""Of every resource: https://developer.hashicorp.com/terraform/language/meta-arguments"""
OURS = "__"
"""How the parser begins the names that it adds."""
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "bool": (bool,),
    "number": (int, float),
    "list": (list,),
    "map": (dict,),
}


def is_block(value: object) -> bool:
    """Whether the parser read it as blocks, and not as an argument with a list."""
    return isinstance(value, list) and bool(value) and all(isinstance(it, dict) for it in value)


def amiss(kind: str, body: Mapping[str, Any]) -> list[str]:
    """What `terraform validate` would refuse about a resource; empty when nothing."""
    if kind not in RESOURCES:
        return [f"{kind} is no known resource"]
    published = RESOURCES[kind]
    said = {name for name in body if not name.startswith(OURS)} - META
    wrong = list(_within(kind, body, published))
    for groups, fits in (("exactly_one_of", {1}), ("at_least_one_of", {1, 2})):
        if groups in published and len(said & set(published[groups])) not in fits:
            wrong.append(f"{kind} asks for {groups} {published[groups]}")
    ignored = [name for block in body.get("lifecycle", []) for name in block["ignore_changes"]]
    known = {*published["required"], *published["optional"], *published.get("blocks", {})}
    return [
        *wrong,
        *(f"{kind} ignores {name}, which it does not have" for name in ignored if name not in known),
    ]


def _within(where: str, body: Mapping[str, Any], published: Mapping[str, Any]) -> Iterator[str]:
    arguments = {**published["required"], **published["optional"]}
    blocks: Mapping[str, Any] = published.get("blocks", {})
    for name in published["required"]:
        if name not in body:
            yield f"{where} lacks {name}"
    for name, value in body.items():
        if name.startswith(OURS) or name in META:
            continue
        if name in blocks:
            yield from _block(f"{where}.{name}", value, blocks[name])
        elif name not in arguments:
            yield f"{where} has no argument {name}"
        elif is_block(value) or not _is(value, arguments[name]):
            yield f"{where}.{name} is no {arguments[name]}"
    for name, block in blocks.items():
        if block["needed"] and name not in body:
            yield f"{where} lacks the block {name}"


def _block(where: str, value: object, published: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(value, list) or not is_block(value):
        yield f"{where} is a block, and an argument stands there"
        return
    if 0 < published["at_most"] < len(value):
        yield f"{where} is there {len(value)} times"
    for one in value:
        yield from _within(where, one, published)


def _is(value: object, type_: str) -> bool:
    fits = isinstance(value, _TYPES[type_]) and (type_ == "bool" or not isinstance(value, bool))
    return fits and (type_ != "string" or str(value).startswith('"'))


def misnamed(kind: str, id: str) -> bool:
    """Whether an import block names what it imports in a form that the resource does not take."""
    return not re.search(RESOURCES[kind]["import"], id)
