"""The issuer is an https URL that AWS accepts.

## Why it matters
IAM registers an OIDC provider only for an `https://` URL of at most 255 characters without port, query or
fragment, and STS fetches the issuer's documents over the public internet. K3s signs for
`https://kubernetes.default.svc.cluster.local` unless it is told otherwise; no AWS service can reach that
name, and STS answers `No OpenIDConnect provider found in your account for https://kubernetes.default.svc…`
(InvalidIdentityToken).

## How to fix
Give the API server the public issuer first. On K3s, `--kube-apiserver-arg=service-account-issuer=URL`
replaces the default; `service-account-issuer+=URL` keeps the default first, and the first one signs.
While tokens of the old issuer are in use, list it second and drop it when the longest token has run out.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/ (--service-account-issuer)
- https://docs.k3s.io/cli/server (--kube-apiserver-arg)
"""

from collections.abc import Iterator

from keystone_check.checks import starting
from keystone_check.iam.oidc import issuer_problem
from keystone_check.model.cluster import Issuer
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds

severity = Severity.CRITICAL

_PUBLIC = "https://BUCKET.s3.REGION.amazonaws.com"


def judge(issuer: Issuer) -> Iterator[Finding]:
    """One finding, about the issuer."""
    problem = issuer_problem(issuer.url)
    if not problem:
        yield holds(issuer.url)
        return
    yield broken(
        issuer.url,
        f"AWS does not accept the issuer {issuer.url}: {problem}",
        Evidence(
            issuer.source, "an https URL that AWS can reach, without port, query or fragment", issuer.url
        ),
        starting.issuers("let the API server sign for a public https issuer", _PUBLIC, issuer.url),
    )
