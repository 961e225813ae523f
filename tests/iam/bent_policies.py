"""Policies and trust policies, bent at random from a seed, and everything that reads one."""

import json
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from keystone_check.iam.bucket_policy import document_policy, is_public
from keystone_check.iam.evaluate import Decision, Denied, decide
from keystone_check.iam.explain import explain
from keystone_check.iam.language import PolicyKind
from keystone_check.iam.policy import read
from keystone_check.iam.request import AwsPrincipal, Request
from keystone_check.iam.trust import mended, names_provider, subject_pin, trust_decision

LONGEST = 20_480
"""Characters of the longest input; AWS stores none that is longer."""
HOST = "b-1.s3.eu-west-1.amazonaws.com"
PROVIDER = f"arn:aws:iam::111122223333:oidc-provider/{HOST}"
SUBJECT = "system:serviceaccount:app:api"
SEEDS = (
    f"""{{"Version": "2012-10-17", "Statement": [{{"Sid": "A", "Effect": "Allow",
    "Principal": {{"Federated": "{PROVIDER}"}}, "Action": "sts:AssumeRoleWithWebIdentity",
    "Condition": {{"StringEquals": {{"{HOST}:sub": "{SUBJECT}",
    "{HOST}:aud": ["sts.amazonaws.com", "x"]}}, "StringLike": {{"{HOST}:sub": "system:*:ap?:*"}}}}}}]}}""",
    """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["ec2:*", "s3:Get*"], "Resource":
    ["arn:aws:ec2:*:111122223333:*/*", "arn:aws:s3:::${aws:username, 'x'}/*${*}", "arn:aws:s3"], "Condition":
    {"ForAllValues:StringLike": {"aws:TagKeys": ["a*", "*b*"]}, "DateLessThan":
    {"aws:CurrentTime": "2026-01-01"},
    "NumericLessThanEqualsIfExists": {"s3:max-keys": 10}, "Bool": {"aws:SecureTransport": true}, "IpAddress":
    {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}, "Null": {"aws:TokenIssueTime": "false"}, "ArnLike":
    {"aws:SourceArn": "arn:aws:*:*:111122223333:*"}, "BinaryEquals": {"x:y": "QQ=="}}},
    {"Effect": "Deny", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::b/*"}]}""",
    """{"Version": "2012-10-17", "Id": "x", "Statement": {"Effect": "Deny", "NotPrincipal": {"AWS":
    ["arn:aws:iam::111122223333:root", "111122223333"], "Service": "ec2.amazonaws.com",
    "CanonicalUser": "79a5"},
    "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b-1/.well-known/*"}}""",
)
BITS = (
    *(
        '"',
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\\",
        "*",
        "?",
        "$",
        "${",
        "}",
        "${*}",
        "${aws:username}",
        "\n",
        "\t",
        " ",
        "\x00",
    ),
    *(
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1e9",
        "1e999",
        "NaN",
        "Infinity",
        "--5",
        "9" * 400,
        "\\ud800",
        "\\u0000",
    ),
    *(
        "é",
        "ſ",
        "İ",
        "漢",
        "\U0001f600",
        "\ufeff",
        "٣",
        "arn:",
        "arn:aws:",
        ":::::::",
        "*" * 40,
        "?" * 40,
        "a*" * 40,
    ),
    *(
        "Allow",
        "Deny",
        "Statement",
        "Principal",
        "NotPrincipal",
        "Condition",
        "StringLike",
        "ForAnyValue:",
        "IfExists",
    ),
    *(
        "ForAllValues:Null",
        "Null",
        "2008-10-17",
        "0000-00-00",
        "9999-12-31T23:59:59+23:59",
        "::",
        "/0",
        "/129",
        "==",
    ),
    *(
        '"Statement": {}',
        '"Resource": []',
        '"Action": {}',
        '"Condition": []',
        "[[[[[[",
        "{}" * 9,
        '{"a":' * 70,
        "[" * 300,
    ),
)
CONTEXT: dict[str, tuple[str, ...] | str] = {
    "aws:username": "ann",
    "aws:TagKeys": ("a", "b", ""),
    "aws:SourceIp": "10.1.2.3",
    "aws:CurrentTime": "2025-06-01T00:00:00Z",
    "aws:SecureTransport": "true",
    "aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:a:b:c",
    "s3:max-keys": "5",
    "x:y": "QQ==",
}
ANN = AwsPrincipal("arn:aws:sts::111122223333:assumed-role/api/run")
REQUESTS = (
    Request("s3:GetObject", "arn:aws:s3:::b-1/.well-known/" + "a/b*" * 30, ANN, CONTEXT, ("sts:*",)),
    Request("ec2:RunInstances", "arn:aws:ec2:eu-west-1:111122223333:" + "instance:i" * 20, ANN, CONTEXT),
)
KEYS = (".well-known/openid-configuration", "openid/v1/jwks")


def inputs(chance: random.Random) -> Iterator[str]:
    """Seeds with a few places bent, without end; each starts from a seed or from the one before."""
    text = SEEDS[0]
    while True:
        if chance.randrange(2):
            yield json.dumps(reworded(json.loads(chance.choice(SEEDS)), chance))[:LONGEST]
        text = chance.choice((*SEEDS, text))[:LONGEST]
        for _ in range(chance.choice((1, 1, 2, 3, 8))):
            text = bent(text, chance)
        yield text[:LONGEST]


def reworded(value: Any, chance: random.Random) -> Any:
    """The same document with some of its strings, names and lists bent: mostly still a policy."""
    if isinstance(value, dict):
        names = [name if chance.randrange(100) else bent(name, chance) for name in value]
        return {name: reworded(inner, chance) for name, inner in zip(names, value.values(), strict=True)}
    if isinstance(value, list):
        return [reworded(inner, chance) for inner in value] * chance.choice((*[1] * 20, 0, 3, 40))
    return bent(value, chance) if isinstance(value, str) and not chance.randrange(24) else value


def bent(text: str, chance: random.Random) -> str:
    """One place changed: something put in, taken out, repeated, or exchanged with another place."""
    here, there = sorted((chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)))
    end = min(there, here + chance.choice((1, 2, 10, 200)))
    match chance.randrange(6):
        case 0 | 1:
            return text[:here] + chance.choice(BITS) + text[here:]
        case 2:
            return text[:here] + chance.choice(BITS) + text[end:]
        case 3:
            return text[:here] + text[end:]
        case 4:
            return text[:end] + text[here:end] * chance.choice((1, 2, 50)) + text[end:]
        case _:
            return text[there:] + text[:here]


def answers(text: str) -> dict[str, Callable[[], object]]:
    """Every question that can be asked of a policy's text, each with its answer put into words."""
    claims, issuer = {"sub": SUBJECT, "aud": "sts.amazonaws.com"}, f"https://{HOST}"
    asked: dict[str, Callable[[], object]] = {
        "trust_decision": lambda: spoken(trust_decision(text, PROVIDER, issuer, claims)),
        "names_provider": lambda: str(names_provider(text, PROVIDER)),
        "subject_pin": lambda: str(subject_pin(text, PROVIDER, issuer, SUBJECT)),
        "mended": lambda: mended(text, PROVIDER, issuer, (SUBJECT,), "sts.amazonaws.com"),
        "is_public": lambda: str(is_public(text)),
        "document_policy": lambda: document_policy(text, "aws", "b-1", KEYS),
    }
    for kind in (PolicyKind.IDENTITY, PolicyKind.RESOURCE, PolicyKind.SESSION):
        asked[f"decide {kind.value}"] = partial(_decided, text, kind)
        asked[f"explain {kind.value}"] = partial(_explained, text, kind)
    return asked


def spoken(decision: Decision) -> str:
    """A decision in words."""
    return decision.because if isinstance(decision, Denied) else str(decision)


def _decided(text: str, kind: PolicyKind) -> list[str]:
    reading = read(text, kind)
    return [reading.because, *(spoken(decide((reading,), request)) for request in REQUESTS)]


def _explained(text: str, kind: PolicyKind) -> list[str]:
    policy = read(text, kind).policy
    statements = policy.statements if policy else ()
    return [str(part) for one in statements for request in REQUESTS for part in explain(one, request)]
