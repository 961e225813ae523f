"""Every API server signs for the same issuer.

## Why it matters
An API server that was not restarted, or was forgotten, when the issuer changed goes on signing for the old
one. Its tokens are refused with `No OpenIDConnect provider found in your account for https://…`
(InvalidIdentityToken), and the same pod works at its next try, when another server signed. Each server's own
discovery document names the issuer for which it signs.

## How to fix
Give every server the same `--service-account-issuer` list, the public one first, and restart those that
differ. Keep the former issuer as the second until its tokens have run out.

## References
- https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
- https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery
- https://github.com/kelseyhightower/kubernetes-the-hard-way/issues/759
"""

from collections.abc import Iterator

from keystone_check.checks import publishing, starting
from keystone_check.iam.oidc import Unreadable, public_url_problem, read_discovery
from keystone_check.model.facts import Missing
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.servers import Server

severity = Severity.CRITICAL


def judge(servers: starting.ServerDocuments) -> Iterator[Finding]:
    """One finding an API server."""
    yield from starting.compared(servers, _issuer, _judged)


def _issuer(server: Server) -> str | Missing:
    if isinstance(server.discovery, Missing):
        return server.discovery
    read = publishing.read_body(server.discovery, read_discovery)
    if isinstance(read, Unreadable):
        return Missing("discovery", f"its discovery document: {read.because}")
    return read.issuer


def _judged(name: str, seen: dict[str, str]) -> Finding:
    """The issuer that is meant is a public one, and that of the most servers."""
    named = list(seen.values())
    meant = max(dict.fromkeys(named), key=lambda it: (not public_url_problem(it), named.count(it)))
    if seen[name] == meant:
        return holds(name)
    return broken(
        name,
        f"it signs for {seen[name]}, and other API servers for {meant}",
        Evidence(f"discovery document of {name}", meant, seen[name]),
        starting.issuers("let every API server sign for one issuer", meant, seen[name]),
    )
