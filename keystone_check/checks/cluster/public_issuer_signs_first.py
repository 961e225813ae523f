"""The public issuer is the first that the API servers are given.

## Why it matters
An API server accepts every `--service-account-issuer` and signs for the first. K3s gives
`https://kubernetes.default.svc.cluster.local` by itself: `service-account-issuer=URL` replaces it, but
`service-account-issuer+=URL` appends, so that the default stays first and signs. Then every token names an
issuer that AWS never heard of: `No OpenIDConnect provider found in your account for
https://kubernetes.default.svc.cluster.local` (InvalidIdentityToken). The arguments tell it before a pod does.
An installer that owns the manifest of the API server (kubeadm, KubeOne) writes over what was edited there:
then the configured issuer is not among the arguments at all.

## How to fix
Write the public issuer with a plain `=` first, and the former one with `=` after it. Restart one server
after the other; tokens that are in use stay accepted, and the kubelet fetches new ones. Where an installer
owns the arguments, set the issuer in its own configuration, or the next reconciliation takes it away again.

## References
- https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
- https://docs.k3s.io/cli/server
- https://github.com/k3s-io/k3s/blob/master/pkg/util/args.go
- https://github.com/aws/eks-anywhere/issues/4361
- https://github.com/kubermatic/kubeone/issues/3143
"""

from collections.abc import Iterator

from keystone_check.checks import starting
from keystone_check.iam.oidc import public_url_problem
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds, not_applicable
from keystone_check.model.servers import ISSUER, ServerArguments
from keystone_check.model.world import Expected

severity = Severity.CRITICAL


def judge(server_arguments: Subjects[ServerArguments], expected: Expected) -> Iterator[Finding]:
    """One finding an API server whose arguments are shown."""
    for name, arguments in server_arguments:
        if isinstance(arguments, Absent | Missing):
            yield gap(name, arguments)
            continue
        if expected.issuer and expected.issuer not in arguments.issuers:
            yield _lost(name, arguments, expected.issuer)
            continue
        public = [issuer for issuer in arguments.issuers if not public_url_problem(issuer)]
        if not public:
            said = ", ".join(arguments.issuers) or "none"
            yield not_applicable(name, f"it is given no issuer that the public internet knows: {said}")
        elif arguments.issuers[0] in public:
            yield holds(name)
        else:
            yield _second(name, arguments, public[0])


def _lost(name: str, arguments: ServerArguments, wanted: str) -> Finding:
    said = ", ".join(arguments.issuers) or "none"
    changed = any(not public_url_problem(issuer) for issuer in arguments.issuers)
    why = "it was changed, and this one not kept" if changed else "never given, or an installer wrote over it"
    return broken(
        name,
        f"{wanted} is not among its issuers ({said}): {why}",
        Evidence(f"{arguments.source} of {name}", f"{ISSUER}={wanted} first", said),
        starting.issuers("put the configured issuer first", wanted, *arguments.issuers),
    )


def _second(name: str, arguments: ServerArguments, public: str) -> Finding:
    first = arguments.issuers[0]
    written = ", ".join(item for item in arguments.written if item.startswith(ISSUER))
    return broken(
        name,
        f"it signs for {first}, the first of its issuers; {public} comes after it",
        Evidence(f"{arguments.source} of {name}", f"{ISSUER}={public} first", written),
        starting.issuers("put the public issuer first", public, first),
    )
