"""One statement's JSON into values, and everything that is wrong with it, with its place."""

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from sys import intern
from typing import TypeVar, cast

from keystone_check.iam import strict
from keystone_check.iam.language import (
    OPERATORS,
    Condition,
    Effect,
    Operator,
    PolicyKind,
    Principals,
    Statement,
)
from keystone_check.near import did_you_mean

_Value = TypeVar("_Value", bound=Hashable)
Say = Callable[[str, str], None]
"""Takes a place and what is wrong there."""
_STATEMENT = (
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
    *("Resource", "NotResource", "Condition"),
)
_WITH_PRINCIPAL = (PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.RCP)


def statement(body: object, place: str, kind: PolicyKind, variables: bool, say: Say) -> Statement:
    """One statement; what is wrong with it is said, and a broken one still stands in its place."""
    if not isinstance(body, Mapping) or not body:
        say(place, f"a statement is an object with an Effect; this is {strict.kind(body)}")
        return Statement(place, "", Effect.DENY, (), (), None)
    known(body, _STATEMENT, place, say)
    actions, not_actions = _either(body, "Action", place, True, say)
    resources, not_resources = _either(body, "Resource", place, kind is not PolicyKind.TRUST, say)
    if kind is PolicyKind.TRUST and resources:
        say(f"{place}.Resource", "a trust policy has no Resource: it stands on the role itself")
    _forms(actions, resources, place, say)
    if kind is PolicyKind.SESSION:
        _complete(resources, place, say)
    principals, not_principals = _principals(body, kind, place, say)
    return Statement(
        intern(place),
        intern(string(body.get("Sid", ""), f"{place}.Sid", say)),
        _effect(body, place, say),
        actions,
        resources,
        principals,
        _conditions(body.get("Condition", {}), f"{place}.Condition", say),
        not_actions,
        not_resources,
        not_principals,
        variables,
    )


def known(members: Mapping[str, object], names: tuple[str, ...], place: str, say: Say) -> None:
    """Say which members are no elements."""
    for name in members:
        if name not in names:
            say(f"{place}.{name}".lstrip("."), f"there is no such element; {did_you_mean(name, names)}")


def _effect(body: Mapping[str, object], place: str, say: Say) -> Effect:
    effect = body.get("Effect")
    if effect == "Allow":
        return Effect.ALLOW
    if effect != "Deny":
        say(f"{place}.Effect", f"it is Allow or Deny, not {effect!r}" if effect else "it is missing")
    return Effect.DENY


def _either(
    body: Mapping[str, object], name: str, place: str, needed: bool, say: Say
) -> tuple[tuple[str, ...], bool]:
    negated = f"Not{name}"
    if name in body and negated in body:
        say(place, f"{name} and {negated} exclude each other")
    found = negated if negated in body else name
    if found in body:
        return _strings(body[found], f"{place}.{found}", say), found == negated
    if needed:
        say(place, f"there is neither {name} nor {negated}")
    return (), False


def _forms(actions: tuple[str, ...], resources: tuple[str, ...], place: str, say: Say) -> None:
    for action in actions:
        if action != "*" and not all(action.partition(":")):
            say(f"{place}.Action", f'"{action}" is not of the form service:Action')
    for resource in resources:
        if resource != "*" and not resource.startswith("arn:"):
            say(f"{place}.Resource", f'"{resource}" is neither an ARN nor *')


def _complete(resources: tuple[str, ...], place: str, say: Say) -> None:
    """Where others get `*` for missing parts, a session policy is refused (IAM, policy grammar)."""
    for resource in resources:
        if resource != "*" and resource.count(":") < 5:
            say(f"{place}.Resource", f'"{resource}" lacks parts, and a session policy takes whole ARNs only')


def _principals(
    body: Mapping[str, object], kind: PolicyKind, place: str, say: Say
) -> tuple[Principals | None, bool]:
    present = [name for name in ("Principal", "NotPrincipal") if name in body]
    if kind not in _WITH_PRINCIPAL:
        for name in present:
            say(f"{place}.{name}", f"the {kind.value} has no {name}")
        return None, False
    if len(present) != 1:
        wanted = "there is no Principal" if not present else "Principal and NotPrincipal exclude each other"
        say(place, wanted)
        return Principals(), False
    if kind is PolicyKind.TRUST and present == ["NotPrincipal"]:
        say(f"{place}.NotPrincipal", "a trust policy cannot use it")
    at = f"{place}.{present[0]}"
    return _principal(body[present[0]], at, say), present == ["NotPrincipal"]


def _principal(value: object, place: str, say: Say) -> Principals:
    if value == "*":
        return Principals(aws=("*",))
    if not isinstance(value, Mapping) or not value:
        names = "AWS, Federated, Service, CanonicalUser"
        say(place, f"it is * or an object of {names}; this is {strict.kind(value)}")
        return Principals()
    kinds = {"AWS": "aws", "Federated": "federated", "Service": "service", "CanonicalUser": "canonical"}
    known(value, tuple(kinds), place, say)
    named = {
        kinds[name]: _strings(entry, f"{place}.{name}", say) for name, entry in value.items() if name in kinds
    }
    for entry in named.get("aws", ()):
        if entry != "*" and ("*" in entry or "?" in entry):
            say(f"{place}.AWS", f'"{entry}": a wildcard stands alone or not at all')
    for entry in named.get("service", ()):
        if "*" in entry or "?" in entry:
            say(f"{place}.Service", f'"{entry}": a service has no wildcard')
    return Principals(**named)


def _conditions(value: object, place: str, say: Say) -> tuple[Condition, ...]:
    if not isinstance(value, Mapping):
        say(place, f"it is an object of operators; this is {strict.kind(value)}")
        return ()
    found = []
    for name, keys in value.items():
        operator = _operator(name, f"{place}.{name}", say)
        if not isinstance(keys, Mapping):
            say(f"{place}.{name}", f"it is an object of condition keys; this is {strict.kind(keys)}")
            continue
        for key, values in keys.items():
            if ":" not in key:
                say(f"{place}.{name}.{key}", "a condition key has the form prefix:name")
            read = _values(values, f"{place}.{name}.{key}", say)
            found.append(_once(Condition(operator, intern(key), read)))
    return tuple(found)


def _operator(written: str, place: str, say: Say) -> Operator:
    quantifier, colon, rest = written.rpartition(":")
    name = rest.removesuffix("IfExists")
    if name not in OPERATORS:
        say(place, f"there is no such operator; {did_you_mean(name, OPERATORS)}")
    if colon and quantifier not in ("ForAllValues", "ForAnyValue"):
        say(place, f'"{quantifier}" is neither ForAllValues nor ForAnyValue')
    if name == "Null" and name != rest:
        say(place, "Null takes no IfExists")
    return _once(Operator(name, quantifier, name != rest))


def _values(value: object, place: str, say: Say) -> tuple[str, ...]:
    """Condition values; IAM takes booleans and numbers for strings."""
    entries = value if isinstance(value, list) else [value]
    wrong = [entry for entry in entries if not isinstance(entry, str | bool | int | float)]
    if wrong:
        say(place, f"a condition value is a string; this is {strict.kind(wrong[0])}")
    return _once(
        tuple(
            entry if isinstance(entry, str) else str(entry).lower() for entry in entries if entry not in wrong
        )
    )


def _strings(value: object, place: str, say: Say) -> tuple[str, ...]:
    entries = value if isinstance(value, list) else [value]
    wrong = [entry for entry in entries if not isinstance(entry, str) or not entry]
    if wrong or not entries:
        found = strict.kind(wrong[0] if wrong else entries)
        say(place, f"it is a string or a list of strings; this is {found}")
    return _once(tuple(entry for entry in entries if isinstance(entry, str)))


def _once(value: _Value) -> _Value:
    """The same value for equal ones: thousands of roles say few different things."""
    return cast(_Value, kept(value))


@lru_cache(maxsize=4096)
def kept(value: Hashable) -> Hashable:
    """What `_once` remembers."""
    return value


def string(value: object, place: str, say: Say) -> str:
    """A string; anything else is said and taken for an empty one."""
    if not isinstance(value, str):
        say(place, f"it is a string; this is {strict.kind(value)}")
        return ""
    return value
