"""The API server signs for the issuer that is declared.

## Why it matters
`keystone.cluster.oidc.issuerUrl` is what the profile means; what tokens carry is what the API server was last
started with. Where the two differ, a rebuild was not rolled out, or somebody changed the server by hand: the
next rebuild then changes the issuer under running pods, and STS answers `No OpenIDConnect provider found in
your account for …` (InvalidIdentityToken) to every new token.

## How to fix
Roll the profile out, or declare the issuer that signs. To move from one issuer to another keep the former one
behind the new one until its tokens have expired.

## References
- https://docs.k3s.io/cli/server
- https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
"""

from collections.abc import Iterator

from keystone_check.checks.declaring import apart, unseen
from keystone_check.iam.oidc import Unreadable, read_discovery
from keystone_check.model.declared import Declared
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Finding, Severity, blocked, holds
from keystone_check.model.web import Response

severity = Severity.CRITICAL


def judge(declared: Subjects[Declared], cluster_discovery: Response) -> Iterator[Finding]:
    """One finding for a declaration that names an issuer."""
    yield from unseen(declared)
    signed = _signed(cluster_discovery)
    for name, one in declared.seen():
        if one.issuer and isinstance(signed, Missing):
            yield blocked(name, signed)
        elif one.issuer and not isinstance(signed, Missing):
            same = one.issuer == signed
            yield holds(name) if same else apart(name, name, "issuer", one.issuer, signed)


def _signed(document: Response) -> str | Missing:
    if isinstance(document.body, Missing):
        return document.body
    read = read_discovery(document.body)
    return Missing("cluster_discovery", read.because) if isinstance(read, Unreadable) else read.issuer
