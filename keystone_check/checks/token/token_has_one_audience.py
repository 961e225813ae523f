"""Tokens are for one audience.

## Why it matters
A token may name several audiences. AWS documents neither which of them becomes the condition key `:aud` nor
which has to be among the provider's client ids, so that `Incorrect token audience` (InvalidIdentityToken) or
`Not authorized to perform sts:AssumeRoleWithWebIdentity` (AccessDenied) may come today or after a change at
AWS. And whoever the other audience is can take the token to AWS.

## How to fix
Ask for one audience a token: one projected volume for STS, another for each other service.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
- https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#launch-a-pod-using-service-account-token-projection
"""

from collections.abc import Iterator

from keystone_check.checks.claiming import claims
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Severity,
    broken,
    gap,
    holds,
    not_applicable,
)

severity = Severity.MEDIUM


def judge(tokens: Subjects[Token]) -> Iterator[Finding]:
    """One finding a bound service account."""
    for name, token in tokens:
        if isinstance(token, Absent | Missing):
            yield gap(name, token)
        elif not token.audiences:
            yield not_applicable(name, "its tokens name no audience")
        elif len(token.audiences) == 1:
            yield holds(name)
        else:
            yield _several(name, token)


def _several(name: str, token: Token) -> Finding:
    named = ", ".join(token.audiences)
    return broken(
        name,
        f"a token that was asked for one audience names {len(token.audiences)}: {named}",
        Evidence("aud claim of a fresh token", "one audience", named),
        claims(
            "let tokens name the one audience that was asked for",
            "a pod that needs a token for another service gets a projected volume of its own for it",
        ),
    )
