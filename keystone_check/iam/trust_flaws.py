"""Conditions of a trust policy that do not say what their writer meant, and the same policy without them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from keystone_check.iam import elements
from keystone_check.iam.evaluate import Undecided
from keystone_check.iam.language import Condition, Effect, Policy, PolicyKind, Statement
from keystone_check.iam.policy import read
from keystone_check.iam.web_identity import ACTION, CLAIMS, claim_of, host_of, web_identity_request

Body = dict[str, object]
_PINNED = ("sub", "aud", "oaud", "azp")
_OURS = ("aws", "sts", "saml", "iam")
"""Prefixes of keys that are of no provider."""
_EXACT = ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")


@dataclass(frozen=True, slots=True)
class Flaws:
    """What is amiss in the statements that name the provider, a sentence each."""

    named: bool
    """Whether some statement names it at all."""
    seen: tuple[str, ...] = ()


Found = Flaws | Undecided


def literal_wildcards(trust: str, provider_arn: str, issuer_url: str) -> Found:
    """Wildcards under operators that take them for plain characters."""
    return _flaws(trust, provider_arn, issuer_url, _literal)


def lenient_conditions(trust: str, provider_arn: str, issuer_url: str) -> Found:
    """Conditions on subject or audience that are true when the key is not there."""
    return _flaws(trust, provider_arn, issuer_url, _lenient)


def bent_keys(trust: str, provider_arn: str, issuer_url: str) -> Found:
    """Keys on claims whose prefix is not the issuer's host and path."""
    return _flaws(trust, provider_arn, issuer_url, _bent)


def unfilled_keys(trust: str, provider_arn: str, issuer_url: str) -> Found:
    """Keys of the provider that STS never fills."""
    return _flaws(trust, provider_arn, issuer_url, _unfilled)


def other_actions(trust: str, provider_arn: str, issuer_url: str) -> Found:
    """What the statements allow to the provider, where none allows the action itself."""
    policy = _read(trust)
    if isinstance(policy, Undecided):
        return policy
    statements = tuple(_naming(policy, provider_arn))
    request = web_identity_request(provider_arn, issuer_url, {})
    if any(elements.action(statement, request) for statement in statements):
        return Flaws(True)
    said = (f"{item.name} allows {', '.join(item.actions)}, not {ACTION}" for item in statements)
    return Flaws(bool(statements), tuple(said))


def cleaned(trust: str, provider_arn: str, issuer_url: str) -> str:
    """The policy without such conditions: what lenient operators meant, no key that is never filled.

    Values with a literal wildcard go where others stand beside them. Everything else stays as it is.
    """
    policy = _read(trust)
    if isinstance(policy, Undecided):
        return trust
    document = json.loads(trust)
    written = document["Statement"]
    bodies: list[Body] = written if isinstance(written, list) else [written]
    named = tuple(_naming(policy, provider_arn))
    after = [
        _cleaned(statement, body, host_of(issuer_url)) if statement in named else body
        for statement, body in zip(policy.statements, bodies, strict=True)
    ]
    return (
        trust
        if after == bodies
        else json.dumps({**document, "Statement": after}, indent=2, ensure_ascii=False)
    )


def _flaws(
    trust: str, provider_arn: str, issuer_url: str, find: Callable[[Condition, str], Iterator[str]]
) -> Found:
    policy = _read(trust)
    if isinstance(policy, Undecided):
        return policy
    statements, host = tuple(_naming(policy, provider_arn)), host_of(issuer_url)
    seen = (
        f"{statement.name}: {text}"
        for statement in statements
        for condition in statement.conditions
        for text in find(condition, host)
    )
    return Flaws(bool(statements), tuple(seen))


def _read(trust: str) -> Policy | Undecided:
    reading = read(trust, PolicyKind.TRUST)
    return reading.policy or Undecided((f"the trust policy cannot be read: {reading.because}",))


def _naming(policy: Policy, provider_arn: str) -> Iterator[Statement]:
    """The statements that allow something to this provider by its name."""
    for statement in policy.statements:
        named = statement.principals
        if statement.effect is Effect.ALLOW and named and provider_arn in named.federated:
            yield statement


def _literal(condition: Condition, host: str) -> Iterator[str]:
    for value in condition.values if _is_literal(condition) else ():
        if _has_wildcard(condition, value):
            yield f'{condition.operator} {condition.key} takes the wildcard in "{value}" literally'


def _is_literal(condition: Condition) -> bool:
    return condition.operator.name in _EXACT and claim_of(condition.key) in _PINNED


def _has_wildcard(condition: Condition, value: str) -> bool:
    """An audience may be an address with a question mark; no service account has either in its name."""
    return "*" in value or ("?" in value and claim_of(condition.key) == "sub")


def _lenient(condition: Condition, host: str) -> Iterator[str]:
    if _is_lenient(condition):
        yield f"{condition.operator} {condition.key} is true as well when the request has no such key"


def _is_lenient(condition: Condition) -> bool:
    operator = condition.operator
    lenient = operator.if_exists or operator.quantifier == "ForAllValues"
    return lenient and claim_of(condition.key) in _PINNED and not operator.negated


def _bent(condition: Condition, host: str) -> Iterator[str]:
    prefix, claim = condition.key.rpartition(":")[0].lower(), claim_of(condition.key)
    if claim in (*CLAIMS, "azp") and prefix not in (*_OURS, host.lower()):
        yield f"the key {condition.key} is in no request; STS sets {host}:{claim}"


def _unfilled(condition: Condition, host: str) -> Iterator[str]:
    if _is_unfilled(condition, host):
        named = condition.key[len(host) + 1 :]
        instead = f"; the audience is {host}:aud" if named.lower() == "azp" else ""
        yield f"STS sets no key {condition.key}: the claim {named} reaches no trust policy{instead}"


def _is_unfilled(condition: Condition, host: str) -> bool:
    key, prefix = condition.key.lower(), f"{host.lower()}:"
    return key.startswith(prefix) and key.removeprefix(prefix) not in CLAIMS


def _cleaned(statement: Statement, body: Body, host: str) -> Body:
    conditions: dict[str, dict[str, object]] = {}
    for condition in statement.conditions:
        if _is_unfilled(condition, host):
            continue
        operator, values = str(condition.operator), condition.values
        if _is_lenient(condition):
            operator = condition.operator.name
        if _is_literal(condition):
            values = tuple(value for value in values if not _has_wildcard(condition, value)) or values
        kept = conditions.setdefault(operator, {})
        if condition.key not in kept or not _is_lenient(condition):
            kept[condition.key] = values[0] if len(values) == 1 else list(values)
    return {**body, "Condition": conditions} if _touched(statement, host) else body


def _touched(statement: Statement, host: str) -> bool:
    return any(
        _is_unfilled(item, host)
        or _is_lenient(item)
        or (_is_literal(item) and any(_has_wildcard(item, value) for value in item.values))
        for item in statement.conditions
    )
