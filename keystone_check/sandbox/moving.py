"""A world moved to another issuer, region or partition: every name in it follows."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.web import Addresses, Chain, Response
from keystone_check.model.world import World
from keystone_check.sandbox.worlds import PUBLIC_ADDRESSES, published, resized

Renaming = Iterable[tuple[str, str]]


def moved(world: World, *renaming: tuple[str, str]) -> World:
    """The world with these names replaced wherever they stand, and its documents as the bucket gives them."""
    renamed: World = _renamed(world, renaming)
    assert isinstance(renamed.issuer, Issuer)
    assert isinstance(renamed.tokens, Subjects)
    tokens = Subjects(tuple((name, resized(token)) for name, token in renamed.tokens.seen()))
    ((_, chain),) = world.chains.seen()
    host = urlsplit(renamed.issuer.url).netloc
    assert isinstance(chain, Chain)
    there = replace(
        renamed,
        tokens=tokens,
        chains=Subjects(((host, replace(chain, host=host)),)),
        addresses=Subjects(((host, Addresses(host, PUBLIC_ADDRESSES)),)),
    )
    return there if isinstance(there.bucket, Absent | Missing) else published(there)


def _renamed(value: Any, renaming: Renaming) -> Any:
    """The value with every text in it renamed, at whatever depth."""
    if isinstance(value, str):
        for old, new in renaming:
            value = value.replace(old, new)
        return value
    if isinstance(value, tuple):
        return tuple(_renamed(item, renaming) for item in value)
    if isinstance(value, list):
        return [_renamed(item, renaming) for item in value]
    if isinstance(value, Mapping):
        return {key: _renamed(item, renaming) for key, item in value.items()}
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {item.name: _renamed(getattr(value, item.name), renaming) for item in fields(value)}
    made = replace(value, **changed)
    if isinstance(made, Response) and isinstance(made.body, str):
        made = replace(made, size=len(made.body.encode()))
    return made
