"""A trust policy made to let in exactly the given subjects with the given audience."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from keystone_check.iam import elements
from keystone_check.iam.evaluate import Allowed, decide
from keystone_check.iam.language import Condition, Effect, Policy, PolicyKind, Statement
from keystone_check.iam.policy import read
from keystone_check.iam.request import Request
from keystone_check.iam.trust_pins import statement_pin
from keystone_check.iam.web_identity import ACTION, claim_of, host_of, web_identity_request

Body = dict[str, object]
_OURS = ("sub", "aud", "azp")


@dataclass(frozen=True, slots=True)
class _Wanted:
    provider_arn: str
    issuer_url: str
    subjects: tuple[str, ...]
    audience: str

    @property
    def host(self) -> str:
        return host_of(self.issuer_url)

    def requests(self) -> Iterator[Request]:
        for subject in self.subjects:
            claims = {"sub": subject, "aud": self.audience}
            yield web_identity_request(self.provider_arn, self.issuer_url, claims)


def mended(trust: str, provider_arn: str, issuer_url: str, subjects: tuple[str, ...], audience: str) -> str:
    """The trust policy that lets these subjects in with this audience, and by these statements no other.

    1. A text that is no policy gives way to a new one.
    2. A policy that already does so is returned as it is.
    3. Of the statements about this provider, the one that comes nearest is corrected: principal, action,
       the conditions on sub and aud. Subjects that it lets in by their exact name stay.
    4. Others of this provider that let in more keep the subjects that they name exactly, or go.
    5. Where no statement is about this provider, one is added at the end.

    Sids, order, statements of others and conditions on other keys stay as they are.
    """
    wanted = _Wanted(provider_arn, issuer_url, subjects, audience)
    reading = read(trust, PolicyKind.TRUST)
    if reading.policy is None:  # 1
        return _written({"Version": "2012-10-17", "Statement": [_corrected({}, None, wanted)]})
    document = json.loads(trust)
    written = document["Statement"]
    bodies: list[Body] = written if isinstance(written, list) else [written]
    near = [statement for statement in reading.policy.statements if _is_near(statement, wanted)]
    target = _nearest(near, wanted)
    loose = [statement for statement in near if _is_loose(statement, wanted)]
    if not loose and _lets_in(reading.policy, wanted):  # 2
        return trust
    after = [
        body
        for statement, old in zip(reading.policy.statements, bodies, strict=True)
        if (body := _after(statement, old, target, loose, wanted)) is not None
    ]
    if target is None:  # 5
        after.append(_corrected({}, None, wanted))
    return trust if after == bodies else _written({**document, "Statement": after})


def _after(
    statement: Statement, body: Body, target: Statement | None, loose: list[Statement], wanted: _Wanted
) -> Body | None:
    if statement is target:  # 3
        return _corrected(body, statement, wanted)
    if statement not in loose:
        return body
    exact = _exact(statement, "sub", wanted)  # 4
    kept = _Wanted(wanted.provider_arn, wanted.issuer_url, exact, wanted.audience)
    return _corrected(body, statement, kept) if exact else None


def _lets_in(policy: Policy, wanted: _Wanted) -> bool:
    return all(isinstance(decide((policy,), request), Allowed) for request in wanted.requests())


def _is_near(statement: Statement, wanted: _Wanted) -> bool:
    """Names the provider or one of nearly the same address, or has conditions on the provider's keys."""
    named = statement.principals
    if statement.effect is Effect.DENY or named is None or statement.not_principals:
        return False
    request = web_identity_request(wanted.provider_arn, "", {})
    if elements.principal(statement, request) is True and (
        named.federated or elements.action(statement, request)
    ):
        return True
    prefixes = {condition.key.rpartition(":")[0].lower() for condition in statement.conditions}
    if not named.federated:
        return False
    return wanted.host.lower() in prefixes or any(
        SequenceMatcher(None, arn, wanted.provider_arn, autojunk=False).ratio() >= 0.95
        for arn in named.federated
    )


def _nearest(near: list[Statement], wanted: _Wanted) -> Statement | None:
    """The one that names a wanted subject, lets one in, or has the fewest conditions in the way."""

    def distance(statement: Statement) -> tuple[bool, int]:
        texts = {value for condition in statement.conditions for value in condition.values}
        verdicts = [elements.matches(statement, request) is True for request in wanted.requests()]
        return not (any(verdicts) or texts & set(wanted.subjects)), len(statement.conditions)

    return min(near, key=distance, default=None)


def _is_loose(statement: Statement, wanted: _Wanted) -> bool:
    """Whether it lets in, of this provider, more than it names."""
    request = web_identity_request(wanted.provider_arn, "", {})
    if elements.principal(statement, request) is not True or not elements.action(statement, request):
        return False
    subject = next(iter(wanted.subjects), "system:serviceaccount:default:default")
    pins = (
        statement_pin(statement, wanted.provider_arn, wanted.issuer_url, claim, value)
        for claim, value in (("sub", subject), ("aud", wanted.audience))
    )
    return any(pin.others for pin in pins)


def _corrected(body: Body, statement: Statement | None, wanted: _Wanted) -> Body:
    present = _exact(statement, "sub", wanted) if statement else ()
    subjects = tuple(dict.fromkeys((*present, *wanted.subjects)))
    audiences = _exact(statement, "aud", wanted) if statement else ()
    if wanted.audience not in audiences:
        audiences = (wanted.audience,)
    kept = _other_conditions(body.get("Condition"), statement, wanted)
    equals = kept.setdefault("StringEquals", {})
    equals[f"{wanted.host}:aud"] = _one_or_list(audiences)
    equals[f"{wanted.host}:sub"] = _one_or_list(subjects)
    changed = {
        "Effect": "Allow",
        "Principal": _principal(body.get("Principal"), statement, wanted),
        "Action": _action(body.get("Action"), statement),
        "Condition": kept,
    }
    order = dict.fromkeys((*(name for name in body if name != "NotAction"), *changed))
    return {name: changed.get(name, body.get(name)) for name in order}


def _principal(before: object, statement: Statement | None, wanted: _Wanted) -> object:
    named = statement.principals if statement else None
    if named is None or named.everyone or not isinstance(before, dict):
        return {"Federated": wanted.provider_arn}
    if wanted.provider_arn in named.federated:
        return before
    # A statement takes one web identity provider; one among several is another's.
    others = named.federated if len(named.federated) > 1 else ()
    return {**before, "Federated": _one_or_list((*others, wanted.provider_arn))}


def _action(before: object, statement: Statement | None) -> object:
    if statement is None or statement.not_actions or before is None:
        return ACTION
    if elements.action(statement, web_identity_request("", "", {})):
        return before
    tagging = [action for action in statement.actions if action.lower() == "sts:tagsession"]
    return _one_or_list((ACTION, *tagging))


def _other_conditions(
    before: object, statement: Statement | None, wanted: _Wanted
) -> dict[str, dict[str, object]]:
    """What the statement asks beside subject and audience, and what it refuses of them to others."""
    if statement is None or not isinstance(before, dict):
        return {}
    stays = {("StringEquals", f"{wanted.host}:{claim}") for claim in ("aud", "sub")}  # corrected in place
    gone = {
        (str(item.operator), item.key)
        for item in statement.conditions
        if claim_of(item.key) in _OURS and not item.operator.negated
    } - stays
    kept = {
        operator: {key: values for key, values in keys.items() if (operator, key) not in gone}
        for operator, keys in before.items()
    }
    return {operator: keys for operator, keys in kept.items() if keys}


def _exact(statement: Statement, claim: str, wanted: _Wanted) -> tuple[str, ...]:
    """The values that the statement names one by one, under the key that STS sets."""
    key = f"{wanted.host}:{claim}".lower()
    return tuple(
        value
        for condition in statement.conditions
        if condition.key.lower() == key and _names(condition)
        for value in condition.values
        if not any(sign in value for sign in ("*", "?", "${"))
    )


def _names(condition: Condition) -> bool:
    return condition.operator.name in ("StringEquals", "StringLike")


def _one_or_list(values: tuple[str, ...]) -> object:
    return values[0] if len(values) == 1 else list(values)


def _written(document: Body) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)
