"""The messages that are known, with their causes: data of `knowledge/messages.json`, read when asked for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from keystone_check import knowledge


@dataclass(frozen=True, slots=True)
class Cause:
    """What can be behind a message."""

    id: str
    what: str
    checks: tuple[str, ...]
    """Ids of the checks that judge it; empty where no cluster can tell."""
    how: str
    """How to find out by hand."""


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody says, word for word, and why."""

    id: str
    texts: tuple[str, ...]
    """Its fixed words, in each of its spellings; `{name}` stands for what varies."""
    who: str
    code: str
    meaning: str
    certainty: str
    """`documented`, `reported` or `inferred`."""
    sources: tuple[str, ...]
    causes: tuple[Cause, ...]
    """The likeliest and quickest to rule out first."""
    wraps: bool
    """Whether it only passes on what another one says."""


@cache
def messages() -> tuple[Message, ...]:
    """All of them."""
    read: Any = json.loads((Path(knowledge.__file__).parent / "messages.json").read_text("utf-8"))
    causes = {id: _cause(id, entry) for id, entry in read["causes"].items()}
    return tuple(_message(entry, causes) for entry in read["messages"])


def _cause(id: str, entry: Mapping[str, Any]) -> Cause:
    return Cause(id, entry["what"], tuple(entry["checks"]), entry["how"])


def _message(entry: Mapping[str, Any], causes: Mapping[str, Cause]) -> Message:
    lists = {name: tuple(entry[name]) for name in ("texts", "sources")}
    return Message(**{**entry, **lists, "causes": tuple(causes[id] for id in entry["causes"])})
