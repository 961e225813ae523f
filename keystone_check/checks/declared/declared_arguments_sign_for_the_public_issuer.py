"""The declared arguments make the API server sign for the public issuer.

## Why it matters
Of several issuers the first one signs. In a K3s configuration `service-account-issuer+=URL` keeps
`https://kubernetes.default.svc.cluster.local` first and appends yours: after the next restart every token
names an issuer that AWS cannot reach, and STS answers `No OpenIDConnect provider found in your account for
https://kubernetes.default.svc.cluster.local` (InvalidIdentityToken). The files tell it before the restart.

## How to fix
Write the public issuer with a plain `=` first and the former one with `=` after it. Where the profile names
`keystone.cluster.oidc.issuerUrl`, the first issuer of the flags is the same.

## References
- https://docs.k3s.io/cli/server
- https://github.com/k3s-io/k3s/blob/master/pkg/util/args.go
"""

from collections.abc import Iterator

from keystone_check.checks import starting
from keystone_check.checks.declaring import SOURCES, unseen
from keystone_check.iam.oidc import public_url_problem
from keystone_check.model.declared import Declared
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.servers import ISSUER

severity = Severity.CRITICAL


def judge(declared: Subjects[Declared]) -> Iterator[Finding]:
    """One finding for a declaration whose arguments name an issuer."""
    yield from unseen(declared)
    for name, one in declared.seen():
        if one.names_issuer():
            yield _judged(name, one)


def _judged(name: str, one: Declared) -> Finding:
    issuers = one.arguments.issuers
    public = [issuer for issuer in issuers if not public_url_problem(issuer)]
    wanted = one.issuer or next(iter(public), "")
    if issuers[0] == (wanted or issuers[0]):
        return holds(name, "" if public else f"no public issuer is declared: {issuers[0]} signs")
    written = ", ".join(item for item in one.arguments.written if item.startswith(ISSUER))
    return broken(
        name,
        f"with what {SOURCES[name]} declare{'s' * (name == 'nix')}, the API server signs for {issuers[0]}, "
        f"not for {wanted}",
        Evidence(_places(one), f"{ISSUER}={wanted} first", written),
        starting.issuers("put the public issuer first", wanted, *issuers),
    )


def _places(one: Declared) -> str:
    return ", ".join(dict.fromkeys(setting.where for setting in one.settings))
