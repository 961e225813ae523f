"""The names that a policy uses beside those that AWS services publish.

AWS stores a policy with a misspelt action, a resource that its actions never touch or a condition key that
no request sets; it only never does what was meant. So every finding here is a remark, not a refusal, and
what AWS publishes of a service can lag behind what the service does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from keystone_check.iam.global_keys import CROSS_SERVICE_KEYS, GLOBAL_KEYS
from keystone_check.iam.language import Condition, Policy, Statement
from keystone_check.iam.match import glob
from keystone_check.iam.overlap import can_be
from keystone_check.iam.policy import Problem
from keystone_check.iam.services import Action, ResourceType, Service
from keystone_check.near import did_you_mean

Services = Mapping[str, Service]
_Named = tuple[tuple[str, tuple[Action, ...]], ...]
"""The entries of an Action element that name something, each with the actions that it names."""


def misnamed(policy: Policy, services: Services) -> tuple[Problem, ...]:
    """Every name in the policy that stands for nothing, with the name that is near."""
    return tuple(
        Problem(f"{statement.place}.{place}", message, refused=False)
        for statement in policy.statements
        for place, message in _remarks(statement, services)
    )


def _remarks(statement: Statement, services: Services) -> Iterator[tuple[str, str]]:
    for entry in statement.actions:
        if message := _unknown_action(entry, services):
            yield "NotAction" if statement.not_actions else "Action", message
    named = _named(statement, services)
    if named and statement.resources and not statement.not_resources and "*" not in statement.resources:
        yield from _foreign(named, statement.resources, services)
    for condition in statement.conditions:
        if message := _unset(condition, named, services):
            yield f"Condition.{condition.operator}", message


def _named(statement: Statement, services: Services) -> _Named:
    """Nothing where an entry names actions of which not all is known here."""
    if statement.not_actions:
        return ()
    found = [(entry, _service(entry, services)) for entry in statement.actions]
    if any(service is None or not service.whole for _, service in found):
        return ()
    named = ((entry, service.matching(entry)) for entry, service in found if service)
    return tuple((entry, actions) for entry, actions in named if actions)


def _service(entry: str, services: Services) -> Service | None:
    return services.get(entry.partition(":")[0].lower())


def _unknown_action(entry: str, services: Services) -> str:
    prefix, _, name = entry.partition(":")
    if "*" in prefix or "?" in prefix:
        return ""
    service = _service(entry, services)
    if service is not None and service.matching(entry):
        return ""
    if service is None:
        return f'"{entry}": there is no service {prefix}{_near(prefix.lower(), services)}'
    near = _near(name.rstrip("*?"), (action.name.partition(":")[2] for action in service.actions))
    if "*" in name or "?" in name:
        return f'"{entry}" matches no action of {service.prefix}{near}'
    return f'"{entry}": {service.prefix} has no such action{near}'


def _foreign(named: _Named, resources: Sequence[str], services: Services) -> Iterator[tuple[str, str]]:
    """Actions that take none of the resources, and resources that no action takes."""
    taken: set[str] = set()
    lonely = False
    for entry, actions in named:
        types = _types(actions)
        fitting = {one for one in resources if any(_fits(one, kind, actions, services) for kind in types)}
        taken |= fitting
        if not types:
            lonely = True
            yield "Action", f'"{entry}" supports only the resource *; the statement names others'
        elif not fitting:
            lonely = True
            yield (
                "Action",
                f'"{entry}" takes {_listed(types)} as published; no resource of the statement is one',
            )
    for one in resources:
        if one not in taken and (taken or not lonely):
            yield "Resource", f'"{one}": no action of the statement takes such a resource, as published'


def _types(actions: Iterable[Action]) -> tuple[ResourceType, ...]:
    return tuple(dict.fromkeys(kind for action in actions for kind in action.resource_types))


def _fits(resource: str, kind: ResourceType, actions: Sequence[Action], services: Services) -> bool:
    service = _service(actions[0].name, services)
    # `${BucketName}` is followed by "/" in another format of the service: its own value holds none.
    continued = service and any(other.arn.startswith(f"{kind.arn}/") for other in service.resource_types)
    return can_be(resource, kind.arn, "/" if continued else "")


def _listed(types: Sequence[ResourceType], most: int = 3) -> str:
    shown = " or ".join(f"{kind.name} ({kind.arn})" for kind in types[:most])
    return f"{shown} or {len(types) - most} more types" if len(types) > most else shown


def _unset(condition: Condition, named: _Named, services: Services) -> str:
    key = condition.key
    prefix = key.partition(":")[0].lower()
    if _is_one(key, (*GLOBAL_KEYS, *CROSS_SERVICE_KEYS)) or "." in prefix:
        return ""  # The keys of a web identity have its issuer's host for a prefix.
    if prefix == "aws":
        # AWS adds global keys from time to time: only what is a slip away is taken for misspelt.
        meant = [known for known in GLOBAL_KEYS if _slipped(key.lower(), known.lower())]
        return f'"{key}" is no global condition key; did you mean {" or ".join(meant)}?' if meant else ""
    setting = [entry for entry, actions in named if any(action.sets(key) for action in actions)]
    if not setting and not _is_one(key, known := _keys(prefix, named, services)):
        near = _near(key, known) or ("" if prefix in services else _near(prefix, services))
        return f'no request sets "{key}"{near}'
    never = [entry for entry, _ in named if entry not in setting]
    if not never or _holds_without(condition):
        return ""
    return f'"{key}" is never set for {", ".join(never)}'


def _keys(prefix: str, named: _Named, services: Services) -> tuple[str, ...]:
    service = services.get(prefix)
    own = service.condition_keys if service else ()
    return (*own, *(key for _, actions in named for action in actions for key in action.condition_keys))


def _slipped(written: str, meant: str) -> bool:
    """Whether at most two letters are wrong, missing or too many."""
    if abs(len(written) - len(meant)) > 2:
        return False
    row = list(range(len(meant) + 1))
    for number, letter in enumerate(written, 1):
        above, row = row, [number]
        for place, wanted in enumerate(meant, 1):
            row.append(min(above[place] + 1, row[-1] + 1, above[place - 1] + (letter != wanted)))
    return row[-1] <= 2


def _holds_without(condition: Condition) -> bool:
    """Whether the condition may hold, or is meant to hold, when the request has no such key."""
    operator = condition.operator
    return (
        operator.if_exists
        or operator.negated
        or operator.name == "Null"
        or operator.quantifier == "ForAllValues"
    )


def _is_one(key: str, known: Iterable[str]) -> bool:
    return any(glob(one, ignore_case=True).fullmatch(key) for one in known)


def _near(name: str, known: Iterable[str]) -> str:
    hint = did_you_mean(name, known)
    return f"; {hint}" if hint.startswith("did you mean") else ""
