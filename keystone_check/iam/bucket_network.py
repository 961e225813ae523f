"""Conditions of a bucket policy on where a reader is, which shut out who reads from the public internet."""

from collections.abc import Iterator
from dataclasses import replace

from keystone_check.iam.bucket_policy import readable, would_give_way
from keystone_check.iam.language import Condition, Effect, Policy, PolicyKind, Statement
from keystone_check.iam.policy import read
from keystone_check.model.aws import Bucket

NETWORK_KEYS = frozenset(
    f"aws:{name}"
    for name in (
        *("sourceip", "vpcsourceip", "sourcevpc", "sourcevpce", "sourcevpcarn"),
        *("vpceaccount", "vpceorgid", "vpceorgpaths"),
        *("principalorgid", "principalorgpaths", "principalaccount", "principalarn"),
        *("sourceaccount", "sourcearn", "sourceorgid", "referer", "useragent", "requestedregion"),
    )
)
"""What a request of STS does not have, or has with a value that nobody here knows."""


def shut_by_network(policy: str, bucket: Bucket, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The conditions without which every stranger could read the objects, a sentence for each.

    Empty where strangers can read them as it is, and where they could not without the conditions either.
    """
    reading = read(policy, PolicyKind.RESOURCE)
    if reading.policy is None or readable(reading.policy, bucket, keys):
        return ()
    freed = replace(reading.policy, statements=tuple(_freed(reading.policy)))
    if not readable(freed, bucket, keys):
        return ()
    return tuple(_shutting(reading.policy, bucket, keys))


def given_way(policy: str, bucket: Bucket, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The statements that deny strangers the objects and that a policy which opens them has to drop."""
    reading = read(policy, PolicyKind.RESOURCE)
    statements = reading.policy.statements if reading.policy else ()
    return tuple(
        statement.name
        for statement in statements
        if statement.effect is Effect.DENY and would_give_way(statement, bucket, keys)
    )


def _freed(policy: Policy) -> Iterator[Statement]:
    """The statements without conditions on the network; a Deny that rests on one is gone altogether."""
    for statement in policy.statements:
        if statement.effect is Effect.ALLOW:
            kept = tuple(item for item in statement.conditions if not _of_network(item))
            yield replace(statement, conditions=kept)
        elif not any(map(_of_network, statement.conditions)):
            yield statement


def _shutting(policy: Policy, bucket: Bucket, keys: tuple[str, ...]) -> Iterator[str]:
    """The conditions of statements that matter: with this one as it is, the freed policy opens no longer."""
    for number, statement in enumerate(policy.statements):
        conditions = tuple(item for item in statement.conditions if _of_network(item))
        others = tuple(item for other, item in enumerate(policy.statements) if other != number)
        rest = (*_freed(replace(policy, statements=others)), statement)
        if conditions and not readable(replace(policy, statements=rest), bucket, keys):
            verb = "allows" if statement.effect is Effect.ALLOW else "denies"
            yield f"{statement.name} {verb} it where {' and '.join(map(_shown, conditions))}"


def _of_network(condition: Condition) -> bool:
    return condition.key.lower() in NETWORK_KEYS


def _shown(condition: Condition) -> str:
    return f"{condition.operator} {condition.key} {', '.join(condition.values)}"
