"""Snapshots: a World as JSON text and back, strictly, driven by the type hints of `model/`.

`load(save(world)) == world` for every world. A value of a dataclass becomes an object whose key `is`
names the class; a mapping becomes an object, a tuple an array. Reading accepts what writing produces
and nothing else. A `Secret` has no form here.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

from keystone_check.errors import KeystoneError
from keystone_check.model.world import World

SCHEMA = 1
"""Raised whenever a class of `model/` that a World holds gains, loses or renames a field."""

_VERSION = "keystone_check_snapshot"
_TAG = "is"
_PLAIN = (str, int, float, bool, NoneType)


def save(world: World) -> str:
    """The world as JSON text; one value a line, so that two snapshots can be compared with `diff`."""
    return text(world, World)


def load(document: str) -> World:
    """The world of a snapshot's text; KeystoneError when it is damaged or of another schema."""
    world: World = value(document, World)
    return world


def read(path: Path) -> World:
    """The world of a snapshot file; KeystoneError when there is none or it cannot be read."""
    try:
        document = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        because = getattr(error, "strerror", None) or "it is not UTF-8"
        raise KeystoneError(f"the snapshot {path} cannot be read: {because}", _AGAIN) from error
    return load(document)


def text(held: Any, hint: Any) -> str:
    """Any value of `model/` that holds no secret, in the same form."""
    document = {_VERSION: SCHEMA, "holds": encode(held, hint)}
    try:
        return json.dumps(document, indent=1, allow_nan=False) + "\n"
    except (ValueError, RecursionError) as error:
        raise KeystoneError(f"the facts do not fit into a snapshot: {error}", _REPORT) from error


def value(document: str, hint: Any) -> Any:
    """The value of this type that `text` wrote."""
    try:
        read = json.loads(document, object_pairs_hook=_once, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise KeystoneError(f"the snapshot is not JSON: {error}", _AGAIN) from error
    if not isinstance(read, dict) or _VERSION not in read:
        raise KeystoneError(f"this is not a snapshot: it has no {_VERSION}", _AGAIN)
    schema = read[_VERSION]
    if type(schema) is not int or schema != SCHEMA:
        found = json.dumps(schema)[:40]
        raise KeystoneError(f"the snapshot has schema {found}; this version reads {SCHEMA}", _AGAIN)
    _keys(read, {_VERSION, "holds"}, "snapshot")
    return decode(read["holds"], hint, "holds")


def encode(held: Any, hint: Any) -> Any:
    """Plain JSON data for a value of this type. TypeError for a value that is not of it."""
    origin, args = get_origin(hint) or hint, get_args(hint)
    if origin in (Union, UnionType):
        return encode(held, next((m for m in args if _is_a(held, m)), NoneType))
    if origin is object:
        return _json(held)
    if not _is_a(held, origin):
        raise TypeError(f"{type(held).__name__} where {hint} belongs")
    if origin in _PLAIN:
        return held
    if issubclass(origin, Enum):
        return held.value
    if origin is tuple:
        return [encode(item, kind) for item, kind in zip(held, _kinds(args, len(held)), strict=True)]
    if origin is Mapping:
        return {encode(key, args[0]): encode(item, args[1]) for key, item in held.items()}
    fields = {name: encode(getattr(held, name), kind) for name, kind in _fields(hint).items()}
    return {_TAG: origin.__name__, **fields}


def decode(data: Any, hint: Any, at: str) -> Any:
    """The value that `encode` wrote; `at` says where, in the words of the KeystoneError for damage."""
    origin, args = get_origin(hint) or hint, get_args(hint)
    if origin in (Union, UnionType):
        return decode(data, next((m for m in args if _fits(data, m)), args[0]), at)
    if origin is object:
        return data
    if not _fits(data, hint):
        _damaged(at, f"{json.dumps(data)[:60]} where {getattr(hint, '__name__', hint)} belongs")
    if origin in _PLAIN:
        return data
    if issubclass(origin, Enum):
        return origin(data)
    if origin is tuple:
        kinds = _kinds(args, len(data))
        if len(kinds) != len(data):
            _damaged(at, f"{len(data)} items where {len(kinds)} belong")
        return tuple(decode(data[n], kind, f"{at}[{n}]") for n, kind in enumerate(kinds))
    if origin is Mapping:
        return {key: decode(item, args[1], f"{at}.{key}") for key, item in data.items()}
    fields = _fields(hint)
    _keys(data, {_TAG, *fields}, at)
    return origin(**{name: decode(data[name], kind, f"{at}.{name}") for name, kind in fields.items()})


_AGAIN = "save it again from the cluster (keystone-check --save FILE)"
_REPORT = "report it with what --format json says; the other outputs are not affected"


@cache
def _fields(hint: Any) -> Mapping[str, Any]:
    """The fields of a dataclass, or of one generic alias of it, with type variables replaced."""
    origin: Any = get_origin(hint) or hint
    if not is_dataclass(origin):
        raise TypeError(f"a snapshot has no form for {hint}")
    bound = dict(zip(getattr(origin, "__parameters__", ()), get_args(hint), strict=True))
    return {name: _bind(kind, bound) for name, kind in get_type_hints(origin).items()}


def _bind(kind: Any, bound: Mapping[TypeVar, Any]) -> Any:
    if isinstance(kind, TypeVar):
        return bound[kind]
    loose = getattr(kind, "__parameters__", ())
    return kind[tuple(bound[name] for name in loose)] if loose else kind


def _kinds(args: tuple[Any, ...], length: int) -> tuple[Any, ...]:
    return (args[0],) * length if args[-1] is Ellipsis else args


def _is_a(value: Any, hint: Any) -> bool:
    origin = get_origin(hint) or hint
    # bool is a subclass of int, and an int is not a float in JSON's eyes: only the very type counts.
    return type(value) is origin if origin in _PLAIN else isinstance(value, origin)


def _fits(data: Any, hint: Any) -> bool:
    origin: Any = get_origin(hint) or hint
    if origin in _PLAIN:
        return type(data) is origin
    if origin is tuple:
        return isinstance(data, list)
    if origin is Mapping:
        return isinstance(data, dict)
    if issubclass(origin, Enum):
        return data in [member.value for member in origin]
    name: str = origin.__name__
    return isinstance(data, dict) and data.get(_TAG) == name


def _json(value: Any) -> Any:
    """The value itself, if JSON gives back the same: a tuple would come back as a list."""
    if type(value) is float and not math.isfinite(value):
        raise KeystoneError(f"{value} has no form in JSON", _REPORT)
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        return {encode(key, str): _json(item) for key, item in value.items()}
    if type(value) in _PLAIN:
        return value
    raise TypeError(f"a snapshot has no form for {type(value).__name__}")


def _keys(data: dict[str, Any], wanted: set[str], at: str) -> None:
    for name in sorted(data.keys() ^ wanted):
        _damaged(at, f"{name[:60]} is not known" if name in data else f"{name} is not there")


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


def _damaged(at: str, what: str) -> NoReturn:
    raise KeystoneError(f"the snapshot is damaged at {at}: {what}", _AGAIN)
