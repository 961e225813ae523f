"""What stands in AWS, before and after: the provider, roles, the bucket, and what STS answers."""

from collections.abc import Callable, Iterator, Mapping

from keystone_check.drift.difference import Differing
from keystone_check.drift.opening import bucket_opening, trust_opening
from keystone_check.drift.shown import Both
from keystone_check.iam.language import Effect, PolicyKind
from keystone_check.iam.policy import read
from keystone_check.model.aws import Provider, Role
from keystone_check.model.facts import Missing


def _role(found: Differing, both: Both) -> Iterator[str]:
    arn, rest = found.path[1] if len(found.path) > 1 else "", found.path[2:]
    if rest == ("trust",):
        yield from trust_opening(arn, str(found.was), str(found.now), both.was, both.now)
    elif not rest and isinstance(found.now, Role):
        yield f"role {arn} appeared"
    elif not rest and isinstance(found.was, Role):
        yield f"role {arn} is gone"
    elif rest == ("max_session_seconds",):
        yield f"sessions of role {arn} last at most {found.now} seconds; it was {found.was}"


def _provider(found: Differing, both: Both) -> Iterator[str]:
    if len(found.path) < 2:
        return
    arn, rest = found.path[1], found.path[2:]
    match rest:
        case () if isinstance(found.now, Provider):
            yield f"provider {arn} appeared{_age(found.now.created, both.now.now)}"
        case () if isinstance(found.was, Provider):
            yield f"provider {arn} is gone"
        case ("thumbprints", str(item)):
            yield f"thumbprint {item} {'left' if found.went else 'appeared at'} provider {arn}"
        case ("client_ids", str(item)):
            yield f"client id {item} {'left' if found.went else 'appeared at'} provider {arn}"
        case ("created",) if isinstance(found.now, int):
            yield f"provider {arn} was made anew{_age(found.now, both.now.now)}"


def _age(created: int | Missing, now: int) -> str:
    if isinstance(created, Missing) or created > now:
        return ""
    seconds = now - created
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            number = seconds // size
            return f" {number} {unit}{'s' * (number > 1)} ago"
    return " within the last minute"


def _bucket(found: Differing, both: Both) -> Iterator[str]:
    if found.path == ("bucket", "policy"):
        yield from bucket_opening(found.was, found.now, both.was, both.now)
    elif found.path[:2] == ("bucket", "objects") and found.path[3:] == ("body",):
        yield f"the object {found.path[2]} of the bucket has another content"


def _answer(found: Differing, _: Both) -> Iterator[str]:
    if len(found.path) == 3 and found.path[2] == "code":
        was, now = found.was or "credentials", found.now or "credentials"
        yield f"STS answers {found.path[1]} with {now}; it was {was}"


def _policy(found: Differing, _: Both) -> Iterator[str]:
    """Of an operator's role: which policy came, went or allows another set of actions."""
    if len(found.path) != 4 or found.path[2] not in ("inline", "attached"):
        return
    role, policy = found.path[1], found.path[3]
    if found.came or found.went:
        yield f"policy {policy} {'left' if found.went else 'appeared at'} role {role}"
        return
    was, now = _actions(found.was), _actions(found.now)
    more, less = ", ".join(sorted(now - was)), ", ".join(sorted(was - now))
    said = "; ".join([*([f"it names {more} too"] if more else []), *([f"no longer {less}"] if less else [])])
    yield f"policy {policy} of role {role} changed: {said or 'its actions are the same'}"


def _actions(document: object) -> set[str]:
    """What its statements allow, as written."""
    policy = read(document, PolicyKind.IDENTITY).policy if isinstance(document, str) else None
    allowing = (one for one in policy.statements if one.effect is Effect.ALLOW) if policy else ()
    return {str(action) for one in allowing for action in one.actions}


WORDS: Mapping[str, Callable[[Differing, Both], Iterator[str]]] = {
    "roles": _role,
    "trusting_roles": _role,
    "providers": _provider,
    "bucket": _bucket,
    "permissions": _policy,
    "answers": _answer,
}
"""By the World's field."""
