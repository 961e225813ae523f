"""Whether a trust policy lets in one subject and one audience and no other.

A policy is asked, not read: with the subject as it is, with another namespace, with another name. What
stands in it is only told to explain the answers.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from keystone_check.iam.evaluate import Allowed, Undecided, decide
from keystone_check.iam.explain import nearest
from keystone_check.iam.language import Condition, Effect, Policy, PolicyKind, Principals, Statement
from keystone_check.iam.policy import read
from keystone_check.iam.request import Request
from keystone_check.iam.web_identity import (
    ACTION,
    CLAIMS,
    claim_of,
    host_of,
    naming,
    web_identities,
    web_identity_request,
)

_ABOUT = {"sub": ("sub",), "aud": ("aud", "azp", "oaud")}
"""`:azp` was a key until 2023 and is none any more; who writes it means the audience."""


@dataclass(frozen=True, slots=True)
class Pin:
    """How a trust policy treats one value of a claim, every other claim left aside."""

    allows: bool | None
    """Whether it lets the value in; None when that depends on what nobody here knows."""
    others: tuple[str, ...]
    """Values that it lets in as well and should not."""
    remarks: tuple[str, ...]
    """What in the policy makes it so, a sentence each."""

    @property
    def holds(self) -> bool | None:
        """Whether it lets in this value and no other."""
        if self.others or self.allows is False:
            return False
        return self.allows


def subject_pin(trust: str, provider_arn: str, issuer_url: str, subject: str) -> Pin | Undecided:
    """Whether the trust policy pins the subject: another namespace or name must not pass."""
    return _pin(trust, provider_arn, issuer_url, "sub", subject, changed_subjects(subject))


def audience_pin(trust: str, provider_arn: str, issuer_url: str, audience: str) -> Pin | Undecided:
    """Whether the trust policy pins the audience: another one must not pass."""
    return _pin(trust, provider_arn, issuer_url, "aud", audience, _changed(audience))


def changed_subjects(subject: str) -> tuple[str, ...]:
    """Subjects with another namespace, then with another name."""
    start, colon, rest = subject.rpartition("system:serviceaccount:")
    namespace, divider, name = rest.partition(":")
    if not colon or not divider:
        return _changed(subject)
    prefix = start + colon
    return (
        *(f"{prefix}{other}:{name}" for other in _changed(namespace)),
        *(f"{prefix}{namespace}:{other}" for other in _changed(name)),
    )


def statement_pin(statement: Statement, provider_arn: str, issuer_url: str, claim: str, value: str) -> Pin:
    """How one statement treats a value, as if it named the provider."""
    changed = changed_subjects(value) if claim == "sub" else _changed(value)
    return _answers((statement,), provider_arn, issuer_url, claim, value, changed)


def _changed(value: str) -> tuple[str, ...]:
    """Longer at the end, longer at the start, of the same length, another altogether."""
    last = "y" if value.endswith("x") else "x"
    return (f"{value}-other", f"other-{value}", f"{value[:-1]}{last}", "keystone-other")


def _pin(
    trust: str, provider_arn: str, issuer_url: str, claim: str, value: str, changed: tuple[str, ...]
) -> Pin | Undecided:
    reading = read(trust, PolicyKind.TRUST)
    if reading.policy is None:
        return Undecided((f"the trust policy cannot be read: {reading.because}",))
    # A policy that names another provider is another check's finding: its conditions are judged all the same.
    # So is one that allows another action to it.
    allowing = (
        tuple(naming(reading.policy, provider_arn))
        or tuple(_federated(reading.policy, provider_arn))
        or tuple(web_identities(reading.policy))
    )
    if not allowing:
        return Pin(False, (), ("no statement lets web identities in",))
    denying = tuple(item for item in reading.policy.statements if item.effect is Effect.DENY)
    return _answers((*allowing, *denying), provider_arn, issuer_url, claim, value, changed)


def _federated(policy: Policy, provider_arn: str) -> Iterator[Statement]:
    for statement in policy.statements:
        named = statement.principals
        if statement.effect is Effect.ALLOW and named and provider_arn in named.federated:
            yield replace(statement, actions=(ACTION,), not_actions=False)


def _answers(
    statements: tuple[Statement, ...],
    provider_arn: str,
    issuer_url: str,
    claim: str,
    value: str,
    changed: tuple[str, ...],
) -> Pin:
    policy = _only(statements, provider_arn, claim)
    exact = {text for item in statements for about in item.conditions for text in about.values}
    request = _request(provider_arn, issuer_url, claim, value)
    decision = decide((policy,), request)
    others = tuple(
        other
        for other in changed
        if other not in exact
        and isinstance(decide((policy,), _request(provider_arn, issuer_url, claim, other)), Allowed)
    )
    allows = None if isinstance(decision, Undecided) else isinstance(decision, Allowed)
    remarks = tuple(_remarks(policy, host_of(issuer_url), claim, bool(others)))
    misses = () if allows else tuple(str(miss) for miss in nearest((policy,), request, most=1))
    return Pin(allows, others, (*misses, *remarks))


def _request(provider_arn: str, issuer_url: str, claim: str, value: str) -> Request:
    return web_identity_request(provider_arn, issuer_url, {claim: value})


def _only(statements: Iterable[Statement], provider_arn: str, claim: str) -> Policy:
    """The policy with what it says about one claim; a denial that depends on another claim is left out."""
    kept = []
    for statement in statements:
        about = tuple(item for item in statement.conditions if _is_about(item, claim))
        if statement.effect is Effect.ALLOW:
            named = Principals(federated=(provider_arn,))
            kept.append(replace(statement, conditions=about, principals=named))
        elif len(about) == len(statement.conditions):
            kept.append(statement)
    return Policy(PolicyKind.TRUST, "2012-10-17", tuple(kept))


def _is_about(condition: Condition, claim: str) -> bool:
    return claim_of(condition.key) in _ABOUT[claim]


def _remarks(policy: Policy, host: str, claim: str, loose: bool) -> Iterator[str]:
    for statement in policy.statements:
        if statement.effect is Effect.ALLOW:
            if not statement.conditions:
                yield f"{statement.name} has no condition on {host}:{claim}, so it lets every one in"
            for condition in statement.conditions:
                yield from (f"{statement.name}: {text}" for text in _about(condition, host, claim, loose))


def _about(condition: Condition, host: str, claim: str, loose: bool) -> Iterator[str]:
    operator, key = condition.operator, condition.key
    prefix, name = key.rpartition(":")[0], claim_of(key)
    stars = [value for value in condition.values if "*" in value or "?" in value]
    if name not in CLAIMS:
        yield f"STS sets no key {key}; the audience is {host}:aud, which is azp where a token has one"
    elif prefix.lower() != host.lower():
        yield f"the key {key} is of another provider; STS sets {host}:{name}, so {key} is never in a request"
    if operator.if_exists or operator.quantifier == "ForAllValues":
        yield f"{operator} {key} is true as well when the request has no such key"
    if stars and operator.name in ("StringEquals", "StringEqualsIgnoreCase"):
        yield f'the * or ? in "{stars[0]}" means itself under {operator}; wildcards need StringLike'
    if stars and operator.name == "StringLike" and loose:
        yield f'{operator} "{stars[0]}" lets in everything that it matches, across : and /'
    if operator.negated and loose:
        yield f"{operator} {key} lets in everything but what it names"
