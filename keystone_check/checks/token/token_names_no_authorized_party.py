"""Tokens name no authorized party.

## Why it matters
Where a token has an `azp` claim, STS takes that for the audience, and `aud` only becomes the condition key
`:oaud`. The provider's client ids and the trust policy's `:aud` are then compared with `azp`: `Incorrect
token audience` (InvalidIdentityToken), although `aud` is right. Kubernetes never writes `azp`; an external
signer, or an identity provider in front of the cluster, may.

## How to fix
Leave `azp` out of the tokens. If it has to be there, register its value as a client id and name it under
`:aud` in the trust policies.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
"""

from collections.abc import Iterator

from keystone_check.checks.claiming import claims
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds

severity = Severity.HIGH


def judge(tokens: Subjects[Token]) -> Iterator[Finding]:
    """One finding a bound service account."""
    for name, token in tokens:
        if isinstance(token, Absent | Missing):
            yield gap(name, token)
        elif "azp" not in token.claims:
            yield holds(name)
        else:
            yield _party(name, token)


def _party(name: str, token: Token) -> Finding:
    party, aud = token.claims["azp"], ", ".join(token.audiences)
    return broken(
        name,
        f"its tokens name the authorized party {party}, which STS takes for the audience instead of {aud}",
        Evidence("claims of a fresh token", f"aud {aud} and no azp", f"azp {party}"),
        claims("leave azp out of the tokens"),
    )
