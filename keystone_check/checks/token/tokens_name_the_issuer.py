"""Tokens name the expected issuer.

## Why it matters
STS looks for the IAM OIDC provider whose URL equals the token's `iss` claim, byte for byte. A token that
names another issuer gets `No OpenIDConnect provider found in your account for https://…`
(InvalidIdentityToken), or that of another cluster. The usual causes are `service-account-issuer+=` on K3s,
which keeps K3s's default issuer first, and API servers that were not restarted.

## How to fix
The first `--service-account-issuer` signs. Put the expected issuer first, the former one second, restart
every server, and drop the former one when its longest token has run out.

## References
- https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/ (--service-account-issuer)
- https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""

from collections.abc import Iterator

from keystone_check.checks import starting
from keystone_check.model.cluster import Issuer, Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds

severity = Severity.CRITICAL


def judge(tokens: Subjects[Token], issuer: Issuer) -> Iterator[Finding]:
    """One finding a bound service account."""
    for name, token in tokens:
        if isinstance(token, Absent | Missing):
            yield gap(name, token)
        elif token.issuer == issuer.url:
            yield holds(name)
        else:
            yield _other(name, token, issuer)


def _other(name: str, token: Token, issuer: Issuer) -> Finding:
    return broken(
        name,
        f"its tokens name the issuer {token.issuer}, not {issuer.url}",
        Evidence("iss claim of a fresh token", f"{issuer.url} ({issuer.source})", token.issuer),
        starting.issuers("let the API server sign for the expected issuer first", issuer.url, token.issuer),
    )
