"""Snapshots: a World as JSON text and back; and the same for any value of `model/` that holds no secret.

`load(save(world)) == world` for every world. Two lines: the schema with a digest, and what it holds. The
digest is no signature: it tells a file that was damaged on its way from one that was not. A file whose name
ends in `.gz` is compressed.
"""

import gzip
import hashlib
import json
import math
import zlib
from pathlib import Path
from typing import Any

from keystone_check.codec import AGAIN, REPORT, damaged, decode, encode, keys
from keystone_check.errors import KeystoneError
from keystone_check.former import forward
from keystone_check.model.world import World

SCHEMA = 2
"""Raised whenever a class of `model/` that a World holds gains, loses or renames a field after a release;
`former` then brings files of the one before forward."""

VERSION = "keystone_check_snapshot"
LARGEST = 500_000_000
"""Bytes of a compressed file's text; what unfolds to more is no snapshot of ours."""
_HOLDS = '\n"holds":'
_PACKED = b"\x1f\x8b"
_NEWER = "read it with the version of keystone-check that wrote it, or a later one"


def save(world: World) -> str:
    """The world as JSON text."""
    return text(world, World)


def load(document: str) -> World:
    """The world of a snapshot's text; KeystoneError when it is damaged or of a newer schema."""
    world: World = value(document, World)
    return world


def read(path: Path) -> World:
    """The world of a snapshot file; KeystoneError when there is none or it cannot be read."""
    try:
        return load(unpacked(path.read_bytes(), path).decode("utf-8"))
    except OSError as error:
        raise KeystoneError(f"the snapshot {path} cannot be read: {error.strerror}", AGAIN) from error
    except UnicodeDecodeError as error:
        raise KeystoneError(f"the snapshot {path} cannot be read: it is not UTF-8", AGAIN) from error


def packed(document: str, path: Path) -> bytes:
    """What a file of this name holds for this text; the same text always gives the same bytes."""
    raw = document.encode()
    return gzip.compress(raw, 5, mtime=0) if path.suffix == ".gz" else raw


def unpacked(raw: bytes, path: Path) -> bytes:
    """The text that `packed` made bytes of; KeystoneError where they are damaged."""
    if not raw.startswith(_PACKED):
        return raw
    unfolding = zlib.decompressobj(wbits=31)
    try:
        found = unfolding.decompress(raw, LARGEST)
    except zlib.error as error:
        raise KeystoneError(f"the snapshot {path} cannot be read: it is damaged", AGAIN) from error
    if not unfolding.eof or unfolding.unused_data:
        raise KeystoneError(f"the snapshot {path} cannot be read: it is cut or too large", AGAIN)
    return found


def text(held: Any, hint: Any) -> str:
    """Any value of `model/` that holds no secret, in the same form."""
    data = encode(held, hint)
    try:
        lines = _dumped(data)
    except (ValueError, RecursionError) as error:
        raise KeystoneError(f"the facts do not fit into a snapshot: {error}", REPORT) from error
    return f'{{"{VERSION}":{SCHEMA},"sha256":"{_digest(lines)}",{_HOLDS}{lines}}}\n'


def value(document: str, hint: Any) -> Any:
    """The value of this type that `text` wrote."""
    try:
        found = json.loads(document, object_pairs_hook=_once, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise KeystoneError(f"the snapshot is not JSON: {error}", AGAIN) from error
    if not isinstance(found, dict) or VERSION not in found:
        raise KeystoneError(f"this is not a snapshot: it has no {VERSION}", AGAIN)
    schema = found[VERSION]
    if type(schema) is not int or not 1 <= schema <= SCHEMA:
        said = json.dumps(schema)[:40]
        hint_ = _NEWER if type(schema) is int and schema > SCHEMA else AGAIN
        raise KeystoneError(f"the snapshot has schema {said}; this version reads 1 to {SCHEMA}", hint_)
    keys(found, {VERSION, "holds", *(["sha256"] if schema > 1 else [])}, "snapshot")
    try:
        held = decode(forward(found["holds"], schema), hint, "holds")
        if schema > 1 and not _whole(document, found):
            damaged("holds", "it was changed after it was written")
    except RecursionError as error:
        raise KeystoneError("the snapshot is not JSON: it is nested too deeply", AGAIN) from error
    return held


def _whole(document: str, found: dict[str, Any]) -> bool:
    """Whether the digest fits: to the text as it stands, or to the same written anew."""
    as_written = document.partition(_HOLDS)[2].removesuffix("}\n")
    digest: object = found["sha256"]
    return _digest(as_written) == digest or _digest(_dumped(found["holds"])) == digest


def _dumped(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"), allow_nan=False)


def _digest(lines: str) -> str:
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object names a key twice")
    return found


def _finite(number: str) -> float:
    """The number, unless it is none: Python reads `NaN`, `Infinity` and `1e999`."""
    if not math.isfinite(found := float(number)):
        raise ValueError(f"{number[:20]} is not a number of JSON")
    return found
