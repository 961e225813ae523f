"""Tokens are signed with an algorithm that STS verifies.

## Why it matters
STS verifies RS256, RS384, RS512, ES256, ES384 and ES512, the elliptic curves since November 2024. A token
that is signed otherwise (EdDSA with an Ed25519 key, the PS family) is refused as InvalidIdentityToken,
whatever else is right; no text for it is documented. Kubernetes itself signs with RS256 or, by the curve of
the key, ES256, ES384 or ES512; an external signer may do otherwise.

## How to fix
Sign with an RSA key of 2048 bits or more or with a key on P-256, P-384 or P-521, publish its public half
first, and keep the former key published and accepted until its tokens have run out.

## References
- https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
- https://docs.k3s.io/cli/certificate#service-account-issuer-key-rotation
- https://github.com/hashicorp/nomad/issues/20227
"""

from collections.abc import Iterator

from keystone_check.iam.oidc import ALGORITHMS
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, gap, holds

severity = Severity.CRITICAL


def judge(tokens: Subjects[Token]) -> Iterator[Finding]:
    """One finding a bound service account."""
    for name, token in tokens:
        if isinstance(token, Absent | Missing):
            yield gap(name, token)
        elif token.algorithm in ALGORITHMS:
            yield holds(name)
        else:
            yield _unknown(name, token)


def _unknown(name: str, token: Token) -> Finding:
    return broken(
        name,
        f"its tokens are signed with {token.algorithm or 'no algorithm'}, which STS does not verify",
        Evidence("alg in the header of a fresh token", " or ".join(ALGORITHMS), token.algorithm or "nothing"),
        Repair(
            "sign with an RSA or EC key",
            Safety.MANUAL,
            "the signing key lies on the API servers' hosts",
            steps=(
                "make a key: openssl genrsa -traditional -out service.key 2048",
                "publish its public half beside the present one in the issuer's key set, and wait an hour",
                "K3s: append the present key to it in a staging folder, "
                "then k3s certificate rotate-ca --path=FOLDER",
                "restart K3s on every server, then look again",
            ),
        ),
    )
