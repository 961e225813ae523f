"""Random policies and requests over a small vocabulary, so that they often meet and often just miss.

Everything is built from one string of random bytes: Hypothesis draws, repeats and shrinks that alone,
which is what makes a hundred thousand of them affordable.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
ACCOUNT, OTHER = "111122223333", "444455556666"
ANN = f"arn:aws:iam::{ACCOUNT}:user/ann"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/api/run"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/host"
ACTIONS = ("s3:GetObject", "s3:GetObject", "s3:PutObject", "S3:getobject", "ec2:RunInstances")
ACTION_PATTERNS = (
    *ACTIONS,
    "s3:*",
    "s3:Get*",
    "*",
    "s3:*",
    "*",
    "s3:?etObject",
    "S3:g*T",
    "*:*Object",
    "ec2:*",
)
PIECES = ("a", "b", "*", "?", "/", ":", "ab", "A", "$", "**")
VARIABLES = (
    *("${aws:username}", "${AWS:UserName}", "${aws:username, 'a'}", "${s3:prefix}", "${s3:prefix, 'b'}"),
    *("${aws:TagKeys}", "${aws:none}", "${aws:none, ''}", "${*}", "${?}", "${$}", "${", "${}", "${a b}"),
)
WORDS = ("a", "b", "ab", "", "A", "*", "a:b", "a/b", "?", "$")
ARN_PARTS = (
    ("arn",),
    ("aws", "aws", "*", "a?s"),
    ("s3", "s3", "*", "s*"),
    ("", "", "*", "eu-*", "e*1"),
    ("", "", "*", ACCOUNT, "1*"),
)
ARNS = (
    *("arn:aws:s3:::a", "arn:aws:s3:::b/a", "arn:aws:s3:::ab", "arn:aws:s3:::a/b:a", "arn:aws:s3:::*"),
    *(f"arn:aws:ec2:eu-west-1:{ACCOUNT}:a", f"arn:aws:ec2:eu-west-1:{ACCOUNT}:b:a/b", "arn:aws-cn:s3:::a"),
)
AWS_NAMES = (
    *(ACCOUNT, OTHER, f"arn:aws:iam::{ACCOUNT}:root", ANN, SESSION, f"arn:aws:iam::{ACCOUNT}:role/x/api"),
    *(f"arn:aws:iam::{ACCOUNT}:role/api", f"arn:aws:iam::{ACCOUNT}:role/other", f"arn:aws:iam::{OTHER}:root"),
)
CALLERS: tuple[Any, ...] = (
    *("anonymous", {"AWS": ANN}, {"AWS": SESSION}, {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
    *({"AWS": f"arn:aws:iam::{OTHER}:user/bob"}, {"Federated": PROVIDER}, {"Service": "ec2.amazonaws.com"}),
)
NUMBERS = ("1", "2", "10", "-1", "1.5", "10.0", "x", "")
DATES = (
    *("2020-01-01", "2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z", "2020-01-01T01:00:00+01:00"),
    *("1577836800", "1577836801", "2020", "soon", "", "2021-06-30T23:59:59Z", "2020-01-01T00:00Z"),
)
ADDRESSES = ("203.0.113.7", "203.0.114.7", "2001:db8::1", "2001:db8::2", "2001:db9::1", "here", "")
RANGES = (*ADDRESSES, "203.0.113.0/24", "0.0.0.0/0", "2001:db8::/32", "2001:DB8::1/128", "10.0.0.0/33")
TRUTHS = ("true", "false", "True", "yes", "")
BYTES = ("QQ==", "QUI=", "Qg==", "no!", "")
FAMILIES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    # kind of operator: its key, the request's values, the policy's values
    "Numeric": ("s3:max-keys", NUMBERS, (*NUMBERS, "${s3:max-keys}")),
    "Date": ("aws:CurrentTime", DATES, (*DATES, "${aws:CurrentTime}")),
    "Bool": ("aws:SecureTransport", TRUTHS, (*TRUTHS, "${aws:SecureTransport}")),
    "BinaryEquals": ("x:bytes", BYTES, BYTES),
    "IpAddress": ("aws:SourceIp", ADDRESSES, RANGES),
    "NotIpAddress": ("aws:SourceIp", ADDRESSES, RANGES),
    "Arn": ("aws:SourceArn", (*ARNS, "a", "arn:aws:s3"), (*ARNS, "*", "arn:aws:s3", "a")),
}
TEXT_KEYS = ("aws:username", "s3:prefix", "aws:TagKeys", "aws:none", "S3:Prefix")
COMPARISONS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
OPERATORS = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    *("StringLike", "StringNotLike", "StringLike", "StringEquals"),
    *(f"{kind}{comparison}" for kind in ("Numeric", "Date") for comparison in COMPARISONS),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null"),
    *("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
)
OLDER = ("2008-10-17", None)
KINDS = (
    "identity policy",
    "resource policy",
    "identity policy",
    "permissions boundary",
    "service control policy",
)


@dataclass
class Dice:
    """Choices out of random bytes; without bytes always the first."""

    data: bytes
    at: int = 0

    def pick(self, choices: Sequence[T]) -> T:
        byte = self.data[self.at] if self.at < len(self.data) else 0
        self.at += 1
        return choices[byte % len(choices)]

    def chance(self, of: int) -> bool:
        return self.pick(range(of)) == of - 1

    def several(self, choices: Sequence[str], most: int = 3) -> list[str] | str:
        found = [self.pick(choices) for _ in range(self.pick(range(1, most + 1)))]
        return found[0] if len(found) == 1 and self.chance(2) else found


@dataclass(frozen=True)
class Question:
    """Policies as pairs of kind and document, and a request in the form of the documented cases."""

    policies: tuple[tuple[str, dict[str, Any]], ...]
    asked: dict[str, Any]

    def texts(self) -> list[tuple[str, str]]:
        return [(kind, json.dumps(document)) for kind, document in self.policies]


def pair(data: bytes) -> tuple[Question, Question]:
    """Two requests of the same policies."""
    dice = Dice(data)
    kinds = ["trust policy"] if dice.chance(8) else [dice.pick(KINDS) for _ in range(dice.pick((1, 1, 2, 3)))]
    policies = tuple((kind, document(dice, kind)) for kind in kinds)
    return Question(policies, asked(dice)), Question(policies, asked(dice))


def document(dice: Dice, kind: str) -> dict[str, Any]:
    version = dice.pick(OLDER) if dice.chance(8) else "2012-10-17"
    statements = [statement(dice, kind) for _ in range(dice.pick((1, 1, 2, 3)))]
    head = {"Version": version} if version else {}
    return {**head, "Statement": statements[0] if len(statements) == 1 and dice.chance(2) else statements}


def statement(dice: Dice, kind: str) -> dict[str, Any]:
    body: dict[str, Any] = {"Effect": dice.pick(("Allow", "Allow", "Deny"))}
    trust = kind == "trust policy"
    body["NotAction" if dice.chance(6) else "Action"] = dice.several(ACTION_PATTERNS)
    if not trust:
        entries = [resource(dice) for _ in range(dice.pick((1, 1, 2)))]
        body["NotResource" if dice.chance(6) else "Resource"] = entries
    if trust or kind == "resource policy":
        body["Principal" if trust or not dice.chance(4) else "NotPrincipal"] = principal(dice)
    conditions: dict[str, dict[str, Any]] = {}
    for _ in range(dice.pick((0, 0, 1, 1, 2))):
        written, key, values = condition(dice)
        conditions.setdefault(written, {})[key] = values
    return {**body, "Condition": conditions} if conditions else body


def resource(dice: Dice) -> str:
    if dice.chance(2):
        return dice.pick((*ARNS, "arn:aws:s3", "*", "*", "*", "*", "arn:aws:s3:::*", "arn:aws:s3:::*"))
    parts = [dice.pick(choices) for choices in ARN_PARTS][: dice.pick((5, 5, 5, 5, 4, 3))]
    last = [pieces(dice)] if len(parts) == 5 or dice.chance(2) else []
    return ":".join((*parts, *last))


def pieces(dice: Dice) -> str:
    return "".join(dice.pick(VARIABLES if dice.chance(4) else PIECES) for _ in range(dice.pick((1, 2, 3, 4))))


def principal(dice: Dice) -> Any:
    if dice.chance(3):
        return dice.pick(("*", {"AWS": "*"}))
    names: dict[str, Any] = {"AWS": dice.several(AWS_NAMES)}
    if dice.chance(3):
        names = {} if dice.chance(2) else names
        names["Federated"] = dice.several((PROVIDER, f"{PROVIDER}/x", "*"))
    if dice.chance(4):
        names["Service"] = dice.several(("ec2.amazonaws.com", "ecs.amazonaws.com"))
    if dice.chance(12):
        names["CanonicalUser"] = "79a5"
    return names


def condition(dice: Dice) -> tuple[str, str, Any]:
    operator = dice.pick(OPERATORS)
    quantifier = dice.pick(("", "", "", "ForAllValues:", "ForAnyValue:"))
    suffix = "IfExists" if operator != "Null" and dice.chance(4) else ""
    written = f"{quantifier}{operator}{suffix}"
    if dice.chance(40):
        return written, dice.pick(TEXT_KEYS), []
    if operator == "Null":
        return (
            written,
            dice.pick((*TEXT_KEYS, "aws:SourceIp")),
            dice.several(("true", "false", "FALSE", "no"), 2),
        )
    for family, (key, _, values) in FAMILIES.items():
        if operator.startswith(family):
            return written, key, dice.several(values)
    values = tuple(pieces(dice) for _ in range(2))
    return written, dice.pick(TEXT_KEYS), dice.several((*WORDS, *values))


def asked(dice: Dice) -> dict[str, Any]:
    context: dict[str, list[str]] = {}
    unknown = []
    choices = {key: values for key, values, _ in FAMILIES.values()} | dict.fromkeys(TEXT_KEYS[:3], WORDS)
    for key, values in choices.items():
        many = dice.pick((1, 1, 1, 1, 0, 2, 3))
        if dice.chance(12):
            unknown.append(key)
        elif many:
            context[key] = [dice.pick(values) for _ in range(many)]
    where = (
        f"arn:aws:s3:::{dice.pick(WORDS)}{dice.pick(WORDS)}" if dice.chance(2) else dice.pick((*ARNS, "*"))
    )
    return {
        "action": dice.pick(ACTIONS),
        "resource": where,
        "principal": dice.pick(CALLERS),
        "context": context,
        "unknown": unknown,
    }


pairs = st.binary(min_size=256, max_size=256).map(pair)
questions = pairs.map(lambda both: both[0])
