"""Policy text into values. A broken statement is reported with its place and never skipped."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from keystone_check.iam import strict
from keystone_check.iam.language import (
    OPERATORS,
    Condition,
    Effect,
    Operator,
    Policy,
    PolicyKind,
    Principals,
    Statement,
)
from keystone_check.near import did_you_mean

__all__ = ["PolicyKind", "Problem", "Reading", "read"]

VERSIONS = ("2008-10-17", "2012-10-17")
_DOCUMENT = ("Version", "Id", "Statement")
_STATEMENT = (
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
    *("Resource", "NotResource", "Condition"),
)
_WITH_PRINCIPAL = (PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.RCP)
_LENGTHS = {
    # Characters without white space. Those of trust and identity policies are the largest quotas that
    # AWS documents; S3 counts bytes.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    PolicyKind.IDENTITY: 10240,
    PolicyKind.TRUST: 8192,
    PolicyKind.BOUNDARY: 6144,
    PolicyKind.SESSION: 2048,
    PolicyKind.RESOURCE: 20480,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and where. `refused` is False for a remark: AWS stores such a policy all the same."""

    place: str
    message: str
    refused: bool = True

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


@dataclass(frozen=True, slots=True)
class Reading:
    """The policy, or None when AWS would refuse the text, and everything that is wrong with it."""

    policy: Policy | None
    problems: tuple[Problem, ...] = ()

    @property
    def because(self) -> str:
        """All problems in one line."""
        return "; ".join(map(str, self.problems))


_Say = Callable[[str, str], None]


def read(text: str, kind: PolicyKind) -> Reading:
    """Read a policy of one kind; `policy` is None exactly when a problem is one that AWS refuses."""
    document = strict.read(text)
    if not isinstance(document, Mapping):
        return Reading(None, (Problem("", f"a policy is a JSON object; {strict.looks_like(text)}"),))
    problems = [
        Problem(place, f'"{name}" stands twice in one object') for place, name in strict.repeated(document)
    ]
    _length(text, kind, problems)

    def say(place: str, message: str) -> None:
        problems.append(Problem(place, message))

    policy = _policy(document, kind, say)
    if "Version" not in document:
        message = "there is no Version, which means 2008-10-17: policy variables are not replaced"
        problems.append(Problem("Version", message, refused=False))
    refused = any(problem.refused for problem in problems)
    return Reading(None if refused else policy, tuple(problems))


def _length(text: str, kind: PolicyKind, problems: list[Problem]) -> None:
    limit = _LENGTHS.get(kind)
    size = len(text.encode()) if kind is PolicyKind.RESOURCE else len("".join(text.split()))
    if limit and size > limit:
        problems.append(Problem("", f"the {kind.value} has at most {limit} characters; this has {size}"))


def _policy(document: Mapping[str, object], kind: PolicyKind, say: _Say) -> Policy:
    _known(document, _DOCUMENT, "", say)
    version = document.get("Version", VERSIONS[0])
    if version not in VERSIONS:
        say("Version", f"it is {' or '.join(VERSIONS)}, not {version!r}")
    written = document.get("Statement")
    bodies = written if isinstance(written, list) else [written]
    if "Statement" not in document or not bodies:
        say("Statement", "there is no statement")
        bodies = []
    variables = version == VERSIONS[1]
    statements = tuple(
        _statement(body, f"Statement[{number}]", kind, variables, say) for number, body in enumerate(bodies)
    )
    _distinct_sids(statements, kind, say)
    return Policy(kind, str(version), statements, _string(document.get("Id", ""), "Id", say))


def _distinct_sids(statements: tuple[Statement, ...], kind: PolicyKind, say: _Say) -> None:
    """IAM demands it, and letters and digits only; S3 and other owners of resource policies do neither."""
    sids = [statement.sid for statement in statements if statement.sid and kind is not PolicyKind.RESOURCE]
    for sid in dict.fromkeys(sids):
        if not (sid.isascii() and sid.isalnum()):
            say("Statement", f'the Sid "{sid}" holds more than letters and digits')
        if sids.count(sid) > 1:
            say("Statement", f'the Sid "{sid}" is used {sids.count(sid)} times in one {kind.value}')


def _statement(body: object, place: str, kind: PolicyKind, variables: bool, say: _Say) -> Statement:
    if not isinstance(body, Mapping) or not body:
        say(place, f"a statement is an object with an Effect; this is {strict.kind(body)}")
        return Statement(place, "", Effect.DENY, (), (), None)
    _known(body, _STATEMENT, place, say)
    actions, not_actions = _either(body, "Action", place, True, say)
    resources, not_resources = _either(body, "Resource", place, kind is not PolicyKind.TRUST, say)
    if kind is PolicyKind.TRUST and resources:
        say(f"{place}.Resource", "a trust policy has no Resource: it stands on the role itself")
    _forms(actions, resources, place, say)
    principals, not_principals = _principals(body, kind, place, say)
    return Statement(
        place,
        _string(body.get("Sid", ""), f"{place}.Sid", say),
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


def _known(members: Mapping[str, object], names: tuple[str, ...], place: str, say: _Say) -> None:
    for name in members:
        if name not in names:
            say(f"{place}.{name}".lstrip("."), f"there is no such element; {did_you_mean(name, names)}")


def _effect(body: Mapping[str, object], place: str, say: _Say) -> Effect:
    effect = body.get("Effect")
    if effect == "Allow":
        return Effect.ALLOW
    if effect != "Deny":
        say(f"{place}.Effect", f"it is Allow or Deny, not {effect!r}" if effect else "it is missing")
    return Effect.DENY


def _either(
    body: Mapping[str, object], name: str, place: str, needed: bool, say: _Say
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


def _forms(actions: tuple[str, ...], resources: tuple[str, ...], place: str, say: _Say) -> None:
    for action in actions:
        if action != "*" and not all(action.partition(":")):
            say(f"{place}.Action", f'"{action}" is not of the form service:Action')
    for resource in resources:
        if resource != "*" and not resource.startswith("arn:"):
            say(f"{place}.Resource", f'"{resource}" is neither an ARN nor *')


def _principals(
    body: Mapping[str, object], kind: PolicyKind, place: str, say: _Say
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


def _principal(value: object, place: str, say: _Say) -> Principals:
    if value == "*":
        return Principals(aws=("*",))
    if not isinstance(value, Mapping) or not value:
        names = "AWS, Federated, Service, CanonicalUser"
        say(place, f"it is * or an object of {names}; this is {strict.kind(value)}")
        return Principals()
    kinds = {"AWS": "aws", "Federated": "federated", "Service": "service", "CanonicalUser": "canonical"}
    _known(value, tuple(kinds), place, say)
    named = {
        kinds[name]: _strings(entry, f"{place}.{name}", say) for name, entry in value.items() if name in kinds
    }
    for entry in named.get("aws", ()):
        if entry != "*" and ("*" in entry or "?" in entry):
            say(f"{place}.AWS", f'"{entry}": a wildcard stands alone or not at all')
    return Principals(**named)


def _conditions(value: object, place: str, say: _Say) -> tuple[Condition, ...]:
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
            found.append(Condition(operator, key, _values(values, f"{place}.{name}.{key}", say)))
    return tuple(found)


def _operator(written: str, place: str, say: _Say) -> Operator:
    quantifier, colon, rest = written.rpartition(":")
    name = rest.removesuffix("IfExists")
    if name not in OPERATORS:
        say(place, f"there is no such operator; {did_you_mean(name, OPERATORS)}")
    if colon and quantifier not in ("ForAllValues", "ForAnyValue"):
        say(place, f'"{quantifier}" is neither ForAllValues nor ForAnyValue')
    if name == "Null" and name != rest:
        say(place, "Null takes no IfExists")
    return Operator(name, quantifier, name != rest)


def _values(value: object, place: str, say: _Say) -> tuple[str, ...]:
    """Condition values; IAM takes booleans and numbers for strings."""
    entries = value if isinstance(value, list) else [value]
    wrong = [entry for entry in entries if not isinstance(entry, str | bool | int | float)]
    if wrong:
        say(place, f"a condition value is a string; this is {strict.kind(wrong[0])}")
    return tuple(
        entry if isinstance(entry, str) else str(entry).lower() for entry in entries if entry not in wrong
    )


def _strings(value: object, place: str, say: _Say) -> tuple[str, ...]:
    entries = value if isinstance(value, list) else [value]
    wrong = [entry for entry in entries if not isinstance(entry, str) or not entry]
    if wrong or not entries:
        found = strict.kind(wrong[0] if wrong else entries)
        say(place, f"it is a string or a list of strings; this is {found}")
    return tuple(entry for entry in entries if isinstance(entry, str))


def _string(value: object, place: str, say: _Say) -> str:
    if not isinstance(value, str):
        say(place, f"it is a string; this is {strict.kind(value)}")
        return ""
    return value
