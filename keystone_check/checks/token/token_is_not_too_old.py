"""Tokens live no longer than a day.

## Why it matters
STS has refused tokens that were issued days ago although their `exp` was still ahead: `Token too old: 441398`
(ExpiredTokenException; reported in 2019, the limit is not documented). The kubelet fetches a new token at
80 % of its life or after a day, whichever comes first, so that a longer life gains nothing and only helps
whoever copied the file. Here a fresh token is asked for an hour, so one that lives for longer than a day got
its life from the API server or its external signer. What an account's annotation asks for is judged beside
its other annotations.

## How to fix
Let the API server, or the signer that it asks, keep the lifetime that was asked for.

## References
- https://github.com/mozilla-iam/mozilla-aws-cli/issues/146
- https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
"""

from collections.abc import Iterator

from keystone_check.iam.sts_shapes import seconds
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    broken,
    gap,
    holds,
    not_applicable,
)

severity = Severity.MEDIUM

DAY = 86400


def judge(tokens: Subjects[Token], now: int) -> Iterator[Finding]:
    """One finding a bound service account: what the API server really gives."""
    for name, token in tokens:
        yield gap(name, token) if isinstance(token, Absent | Missing) else _judged(name, token, now)


def _judged(name: str, token: Token, now: int) -> Finding:
    issued, expires = seconds(token, "iat"), seconds(token, "exp")
    if issued is None or expires is None:
        return not_applicable(name, "its tokens do not say when they were issued and when they expire")
    if now - issued > DAY:
        return _is_old(name, now - issued)
    if expires - issued <= DAY:
        return holds(name)
    return broken(
        name,
        f"a token that was asked for an hour lives for {expires - issued} s, more than a day ({DAY} s)",
        Evidence("exp and iat of a fresh token", f"at most {DAY} s apart", f"{expires - issued} s apart"),
        Repair(
            "let the API server keep the lifetime that was asked for",
            Safety.MANUAL,
            "the API server's arguments are set on its host",
            steps=(
                "look for an external signer on every server: --service-account-signing-endpoint",
                "K3s: --kube-apiserver-arg=service-account-max-token-expiration=24h0m0s",
                "restart K3s on every server, then look again",
            ),
        ),
    )


def _is_old(name: str, age: int) -> Finding:
    return broken(
        name,
        f"a token that was asked for just now was issued {age} s ago, more than a day ({DAY} s)",
        Evidence("iat of a fresh token, and the time", f"issued at most {DAY} s ago", f"issued {age} s ago"),
        Repair(
            "let the API server issue a token anew each time",
            Safety.MANUAL,
            "whoever signs hands out a token that it made before, and sits on the API server's host",
            steps=(
                "look for an external signer on every server: --service-account-signing-endpoint",
                "restart it, then look again; compare its clock with the API server's",
            ),
        ),
    )
