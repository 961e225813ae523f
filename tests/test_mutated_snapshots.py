"""Snapshots changed at random: each is the same world, or is refused in one sentence; never anything else.

A file that somebody sealed anew may be another world. The gate tries 400, and 10,000 with
`KEYSTONE_MUTATIONS=10000` in the environment. Every file can be made again from its number.
"""

import hashlib
import json
import os
import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from keystone_check import snapshot
from keystone_check.errors import KeystoneError
from keystone_check.model.world import World
from keystone_check.sandbox.faults import FAULTS
from tests.sandbox.worlds import world_with

NUMBER = int(os.environ.get("KEYSTONE_MUTATIONS", "400"))
PARTS = 8
WORLDS = [None, *FAULTS][::37]
VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    "",
    "x",
    "\u202e\x00",
    [],
    {},
    [[]],
    {"is": "World"},
    {"is": None},
)


@cache
def written(fault: str | None) -> str:
    return snapshot.save(world_with(fault))


def in_bytes(dice: random.Random, text: str) -> bytes:
    """Some bytes are others, are gone, or came twice; of the file as it is, or packed."""
    raw = bytearray(snapshot.packed(text, Path(dice.choice(("a.json", "a.json.gz")))))
    for _ in range(dice.randint(1, 4)):
        place, length = dice.randrange(len(raw)), dice.choice((1, 1, 2, 40, 4000))
        match dice.randrange(3):
            case 0:
                raw[place] = dice.randrange(256)
            case 1:
                del raw[place : place + length]
            case _:
                raw[place:place] = raw[place : place + length]
        if not raw:
            break
    return bytes(raw)


def in_structure(dice: random.Random, text: str, *, sealed: bool) -> bytes:
    """A value somewhere is another, is gone, or stands where another one stood; sealed anew or not."""
    document = json.loads(text)
    for _ in range(dice.randint(1, 3)):
        holder, key = dice.choice(_places(document["holds"]))
        match dice.randrange(3):
            case 0:
                holder[key] = dice.choice(VALUES)
            case 1:
                del holder[key]
            case _:
                other, there = dice.choice(_places(document["holds"]))
                holder[key] = json.loads(json.dumps(other[there]))
    if sealed:
        holds = json.dumps(document["holds"], separators=(",", ":"))
        document["sha256"] = hashlib.sha256(holds.encode()).hexdigest()
    return json.dumps(document).encode()


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every key and index at any depth, with what holds it."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            found.append((holder, key))
            if isinstance(holder[key], dict | list) and holder[key]:
                waiting.append(holder[key])
    return found


def mutated(number: int) -> tuple[str | None, bytes, bool]:
    """The fault whose world was written, the file that it became, and whether it was sealed anew."""
    dice = random.Random(number)
    fault = WORLDS[number % len(WORLDS)]
    kind = dice.choice(("bytes", "structure", "sealed"))
    if kind == "bytes":
        return fault, in_bytes(dice, written(fault)), False
    return fault, in_structure(dice, written(fault), sealed=kind == "sealed"), kind == "sealed"


def answer(file: Path) -> World | KeystoneError:
    try:
        return snapshot.read(file)
    except KeystoneError as error:
        return error


@pytest.mark.parametrize("part", range(PARTS))
def test_a_mutated_file_is_the_same_world_or_refused_in_one_sentence(part: int, tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    refused = 0
    for number in range(part, NUMBER, PARTS):
        fault, content, sealed = mutated(number)
        file.write_bytes(content)
        match answer(file):
            case KeystoneError(message=message, hint=hint):
                refused += 1
                assert message, number
                assert hint, number
                assert len(message) < 1000, number
                assert not {"\x00", "\u202e", "\n"} & set(message), number
            case world:
                assert sealed or world == world_with(fault), number
                assert isinstance(world, World), number
                assert snapshot.load(snapshot.save(world)) == world, number
    assert refused > NUMBER / PARTS / 2
