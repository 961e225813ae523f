"""Label and field selectors, and the pages of a list."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from keystone_check.sandbox.kube.bodies import parse_error
from keystone_check.sandbox.kube.resources import Resource
from keystone_check.sandbox.kube.status import StatusError, bad_request
from keystone_check.sandbox.kube.store import Stored
from keystone_check.sandbox.kube.wire import Object

Predicate = Callable[[Object], bool]

_SET = re.compile(r"^(?P<key>[^\s!=(),]+)\s+(?P<op>in|notin)\s*\((?P<values>[^()]*)\)$")
_EQUALITY = re.compile(r"^(?P<key>[^\s!=(),]+)\s*(?P<op>==|=|!=)\s*(?P<value>[^\s!=(),]*)$")
_EXISTS = re.compile(r"^(?P<not>!?)\s*(?P<key>[^\s!=(),]+)$")


def matches_labels(selector: str) -> Predicate:
    """Whether an object's labels satisfy a selector such as `a=b,c!=d,e in (f,g),!h`."""
    requirements = [_requirement(part) for part in _split(selector)]
    return lambda value: all(requirement(value["metadata"].get("labels", {})) for requirement in requirements)


def _split(selector: str) -> list[str]:
    parts = re.split(r",(?![^()]*\))", selector)
    return [part.strip() for part in parts if part.strip()]


def _requirement(part: str) -> Callable[[Mapping[str, str]], bool]:
    if found := _SET.match(part):
        key, values = found["key"], {value.strip() for value in found["values"].split(",")}
        if found["op"] == "in":
            return lambda labels: labels.get(key) in values
        return lambda labels: labels.get(key) not in values
    if found := _EQUALITY.match(part):
        key, value = found["key"], found["value"]
        if found["op"] == "!=":
            return lambda labels: labels.get(key) != value
        return lambda labels: labels.get(key) == value
    if found := _EXISTS.match(part):
        key, wanted = found["key"], not found["not"]
        return lambda labels: (key in labels) is wanted
    first = re.match(r"==|!=|[=!(),]|[^\s!=(),]+", part)
    raise bad_request(f"found '{first[0] if first else part}', expected: !, identifier, or 'end of string'")


def matches_fields(resource: Resource, selector: str) -> Predicate:
    """Whether an object's fields satisfy a selector such as `metadata.name=a,status.phase!=Failed`."""
    terms = [_term(resource, part) for part in _split(selector)]
    return lambda value: all(term(value) for term in terms)


def _term(resource: Resource, part: str) -> Predicate:
    found = _EQUALITY.match(part)
    if not found:
        raise bad_request(f"invalid selector: '{part}'; can't understand '{part}'")
    path, wanted = found["key"], found["value"]
    if path not in resource.selectable:
        known = ", ".join(f'"{name}"' for name in resource.selectable)
        raise bad_request(f'"{path}" is not a known field selector: only {known}')
    equal = found["op"] != "!="
    return lambda value: (_field(value, path) == wanted) is equal


def _field(value: object, path: str) -> str:
    for part in path.split("."):
        value = value.get(part, "") if isinstance(value, Mapping) else ""
    return str(value)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list."""

    items: Sequence[Stored]
    next: str = ""
    """The continue token; empty on the last page."""
    remaining: int | None = None

    def metadata(self, revision: int) -> dict[str, object]:
        """The list's own metadata."""
        found: dict[str, object] = {"resourceVersion": str(revision)}
        if self.next:
            found["continue"] = self.next
            # With a selector nobody knows how many will follow.
            if self.remaining is not None:
                found["remainingItemCount"] = self.remaining
        return found


def page(resource: Resource, found: Sequence[Stored], query: Mapping[str, str], revision: int) -> Page:
    """The selected objects from where the last page ended, at most `limit` of them."""
    _require_revision(query.get("resourceVersion", ""))
    limit, start = _limit(query.get("limit", "")), _start(query.get("continue", ""))
    predicates = tuple(_predicates(resource, query))
    chosen = [
        item
        for item in found
        if (start is None or item.key > start) and all(predicate(item.value) for predicate in predicates)
    ]
    if not limit or len(chosen) <= limit:
        return Page(chosen)
    return Page(
        chosen[:limit],
        _token(chosen[limit - 1].key, revision),
        None if predicates else len(chosen) - limit,
    )


def _predicates(resource: Resource, query: Mapping[str, str]) -> Iterator[Predicate]:
    if query.get("labelSelector"):
        yield matches_labels(query["labelSelector"])
    if query.get("fieldSelector"):
        yield matches_fields(resource, query["fieldSelector"])


def _limit(text: str) -> int:
    try:
        return int(text or "0")
    except ValueError as error:
        raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from error


def _require_revision(text: str) -> None:
    if text and not text.isdigit():
        wrong = (
            f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax'
        )
        raise bad_request(f"invalid resource version: {wrong}")


def _token(key: tuple[str, str], revision: int) -> str:
    start = json.dumps({"v": "meta.k8s.io/v1", "rv": revision, "start": "/".join(key) + "\0"})
    return base64.urlsafe_b64encode(start.encode()).decode().rstrip("=")


def _start(token: str) -> tuple[str, str] | None:
    if not token:
        return None
    try:
        decoded = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        start = json.loads(decoded)["start"]
        namespace, _, name = start.rstrip("\0").rpartition("/")
    except json.JSONDecodeError as error:
        raise _no_key(f": {parse_error(error)}") from error
    except UnicodeDecodeError as error:
        first = chr(decoded[0])
        shown = first if first.isprintable() else f"\\u{decoded[0]:04x}"
        raise _no_key(f": invalid character '{shown}' looking for beginning of value") from error
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _no_key("") from error
    return namespace, name


def _no_key(because: str) -> StatusError:
    return bad_request(f"invalid continue token: continue key is not valid{because}")
