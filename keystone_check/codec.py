"""Values of `model/` as plain JSON data and back, strictly, driven by their type hints.

A value of a dataclass becomes an object whose key `is` names the class; a mapping becomes an object, a tuple
an array. Reading accepts what writing produces and nothing else. A `Secret` has no form here.

Each type is read once into a function that encodes its values and one that decodes them.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

from keystone_check.errors import KeystoneError

TAG = "is"
AGAIN = "save it again from the cluster (keystone-check --save FILE)"
REPORT = "report it with what --format json says; the other outputs are not affected"

_PLAIN = (str, int, float, bool, NoneType)
Encode = Callable[[Any], Any]
Decode = Callable[[Any, Any], Any]
"""With the place: a text, or a pair of the place around it and a name or number."""


def encode(held: Any, hint: Any) -> Any:
    """Plain JSON data for a value of this type. TypeError for a value that is not of it."""
    return _encoder(hint)(held)


def decode(data: Any, hint: Any, at: str) -> Any:
    """The value that `encode` wrote; `at` says where, in the words of the KeystoneError for damage."""
    return _decoder(hint)(data, at)


def damaged(at: Any, what: str) -> NoReturn:
    """Raise the error of a snapshot that nobody wrote so."""
    raise KeystoneError(f"the snapshot is damaged at {_place(at)}: {what}", AGAIN)


def _said(name: str) -> str:
    """A key of the file in one line."""
    return json.dumps(name)[1:-1][:60]


def _place(at: Any) -> str:
    if isinstance(at, str):
        return at
    around, name = at
    return f"{_place(around)}[{name}]" if isinstance(name, int) else f"{_place(around)}.{_said(name)}"


def keys(data: Mapping[str, Any], wanted: set[str], at: Any) -> None:
    """Damage, where an object has other keys than these."""
    for name in sorted(data.keys() ^ wanted):
        damaged(at, f"{_said(name)} is not known" if name in data else f"{name} is not there")


@cache
def _encoder(hint: Any) -> Encode:
    origin, args = get_origin(hint) or hint, get_args(hint)
    if origin in (Union, UnionType):
        return _one_of(hint, args)
    if origin is object:
        return _json
    if origin in _PLAIN:
        return _checked(origin, hint, lambda held: held)
    if issubclass(origin, Enum):
        return _checked(origin, hint, lambda held: held.value)
    if origin is tuple:
        return _checked(origin, hint, _array(args))
    if origin is Mapping:
        key, item = _encoder(args[0]), _encoder(args[1])
        return _checked(
            origin, hint, lambda held: {_marked(key(name)): item(value) for name, value in held.items()}
        )
    return _checked(origin, hint, _object(origin, hint))


def _marked(name: str) -> str:
    """A key of a mapping that does not read as the one that names a class: a tag may be called so."""
    return f"\\{name}" if name.lstrip("\\") == TAG else name


def _unmarked(name: str) -> str:
    return name[1:] if name != TAG and name.lstrip("\\") == TAG else name


def _array(args: tuple[Any, ...]) -> Encode:
    if args[-1] is Ellipsis:
        every = _encoder(args[0])
        return lambda held: [every(item) for item in held]
    each = tuple(map(_encoder, args))
    return lambda held: [encoded(item) for item, encoded in zip(held, each, strict=True)]


def _object(origin: Any, hint: Any) -> Encode:
    found: list[tuple[str, Encode]] = []
    tag = origin.__name__

    def encoded(held: Any) -> Any:
        # Its fields are asked for at the first value: a type may hold itself.
        if not found:
            found.extend((name, _encoder(kind)) for name, kind in _fields(hint).items())
        return {TAG: tag, **{name: inner(getattr(held, name)) for name, inner in found}}

    _fields(hint)
    return encoded


def _one_of(hint: Any, args: tuple[Any, ...]) -> Encode:
    members = tuple((member, _encoder(member)) for member in args)

    def encoded(held: Any) -> Any:
        for member, inner in members:
            if _is_a(held, member):
                return inner(held)
        raise TypeError(f"{type(held).__name__} where {hint} belongs")

    return encoded


def _checked(origin: Any, hint: Any, encoded: Encode) -> Encode:
    def inner(held: Any) -> Any:
        if not _is_a(held, origin):
            raise TypeError(f"{type(held).__name__} where {hint} belongs")
        return encoded(held)

    return inner


@cache
def _decoder(hint: Any) -> Decode:
    origin = get_origin(hint) or hint
    if origin in (Union, UnionType):
        return _any_of(get_args(hint))
    return _bare(hint) if origin is object else _fitting(hint, _bare(hint))


@cache
def _bare(hint: Any) -> Decode:
    """Decodes what is known to fit."""
    origin, args = get_origin(hint) or hint, get_args(hint)
    if origin is object or origin in _PLAIN:
        return lambda data, at: data
    if issubclass(origin, Enum):
        return lambda data, at: origin(data)
    if origin is tuple:
        return _tuple(args)
    if origin is Mapping:
        item = _decoder(args[1])
        return lambda data, at: {_unmarked(name): item(value, (at, name)) for name, value in data.items()}
    return _dataclass(origin, hint)


def _tuple(args: tuple[Any, ...]) -> Decode:
    if args[-1] is Ellipsis:
        every = _decoder(args[0])
        return lambda data, at: tuple(every(item, (at, n)) for n, item in enumerate(data))
    each = tuple(map(_decoder, args))

    def decoded(data: Any, at: Any) -> Any:
        if len(data) != len(each):
            damaged(at, f"{len(data)} items where {len(each)} belong")
        return tuple(inner(data[n], (at, n)) for n, inner in enumerate(each))

    return decoded


def _dataclass(origin: Any, hint: Any) -> Decode:
    inner: dict[str, Decode] = {}
    wanted = {TAG, *_fields(hint)}

    def decoded(data: Any, at: Any) -> Any:
        if not inner:
            inner.update((name, _decoder(kind)) for name, kind in _fields(hint).items())
        if data.keys() != wanted:
            keys(data, wanted, at)
        return origin(**{name: each(data[name], (at, name)) for name, each in inner.items()})

    return decoded


def _any_of(args: tuple[Any, ...]) -> Decode:
    # What says of itself which class it is comes before a mapping, which may have any keys.
    ordered = sorted(args, key=_is_mapping)
    members = tuple((_fit(member), _bare(member)) for member in ordered)
    otherwise = _decoder(args[0])

    def decoded(data: Any, at: Any) -> Any:
        for fits, inner in members:
            if fits(data):
                return inner(data, at)
        return otherwise(data, at)

    return decoded


def _is_mapping(hint: Any) -> bool:
    origin: Any = get_origin(hint)
    return origin is Mapping


def _fitting(hint: Any, decoded: Decode) -> Decode:
    fits = _fit(hint)

    def inner(data: Any, at: Any) -> Any:
        if not fits(data):
            damaged(at, f"{json.dumps(data)[:60]} where {getattr(hint, '__name__', hint)} belongs")
        return decoded(data, at)

    return inner


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


def _is_a(value: Any, hint: Any) -> bool:
    origin = get_origin(hint) or hint
    # bool is a subclass of int, and an int is not a float in JSON's eyes: only the very type counts.
    return type(value) is origin if origin in _PLAIN else isinstance(value, origin)


@cache
def _fit(hint: Any) -> Callable[[Any], bool]:
    origin: Any = get_origin(hint) or hint
    if origin in _PLAIN:
        return lambda data: type(data) is origin
    if origin is tuple:
        return lambda data: isinstance(data, list)
    if origin is Mapping:
        return lambda data: isinstance(data, dict)
    if issubclass(origin, Enum):
        known = [member.value for member in origin]
        return lambda data: data in known
    name: str = origin.__name__
    return lambda data: isinstance(data, dict) and data.get(TAG) == name


def _json(value: Any) -> Any:
    """The value itself, if JSON gives back the same: a tuple would come back as a list."""
    if type(value) is float and not math.isfinite(value):
        raise KeystoneError(f"{value} has no form in JSON", REPORT)
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        return {encode(key, str): _json(item) for key, item in value.items()}
    if type(value) in _PLAIN:
        return value
    raise TypeError(f"a snapshot has no form for {type(value).__name__}")
