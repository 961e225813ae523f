"""Tokens carry every claim that STS asks for.

## Why it matters
STS needs `iss`, `sub`, `aud` (or `azp`), `iat` and `exp`, times as whole numbers, in a token of 4 to 20000
characters. A service account token of the old kind, from a Secret, has neither `aud` nor `exp` nor `iat`:
`Missing a required claim: aud` (InvalidIdentityToken). A token of another kind that was handed over by
mistake gives `Missing a required claim: sub`, and an empty file `1 validation error detected: Value at
'webIdentityToken' failed to satisfy constraint: Member must have length greater than or equal to 4`
(ValidationError).

## How to fix
Use tokens of the TokenRequest API, that is, a projected volume with an audience. Where an external signer or
a webhook of the API server writes the claims, let it write all of them.

## References
- https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
"""

from collections.abc import Iterator

from keystone_check.checks.claiming import claims
from keystone_check.iam import sts_shapes
from keystone_check.iam.sts_answers import Reason
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds

severity = Severity.CRITICAL

LEAST, MOST = 4, 20000
"""Characters of a token that STS takes."""


def judge(tokens: Subjects[Token]) -> Iterator[Finding]:
    """One finding a bound service account."""
    for name, token in tokens:
        if isinstance(token, Absent | Missing):
            yield gap(name, token)
            continue
        wrong = tuple(_wrong(token))
        yield _told(name, token, wrong) if wrong else holds(name)


def _wrong(token: Token) -> Iterator[str]:
    yield from (told.cause for told in sts_shapes.claims(token) if isinstance(told, Reason))
    if not LEAST <= token.size <= MOST:
        yield f"the token has {token.size} characters, and STS takes {LEAST} to {MOST}"


def _told(name: str, token: Token, wrong: tuple[str, ...]) -> Finding:
    namespace, _, account = name.partition("/")
    return broken(
        name,
        "; ".join(wrong),
        Evidence("claims of a fresh token", "iss, sub, aud, iat and exp", ", ".join(sorted(token.claims))),
        claims(
            "let whatever writes the tokens write every claim",
            f"then: kubectl create token {account} -n {namespace}, and look again",
        ),
    )
