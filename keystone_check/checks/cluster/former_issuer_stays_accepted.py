"""Every API server accepts each issuer that another one accepts.

## Why it matters
An issuer changes one server at a time. Until all of them know both issuers, a token that one server signed
is refused by the next: pods lose the API with `401 Unauthorized`, `invalid bearer token`, now and then,
depending on which server answers. And when the former issuer is dropped at once, every running pod is
refused until the kubelet has fetched it a new token: CrashLoopBackOff all over the cluster. A list with the
new issuer first and the former one after it spares both.

## How to fix
Give every server the same list: the new issuer first, the former one after it. Restart one server after the
other. Drop the former issuer when its longest token has run out; kOps waits a day.

## References
- https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
- https://kops.sigs.k8s.io/operations/service_account_issuer_migration/
- https://github.com/kubernetes/kubernetes/issues/107031
"""

from collections.abc import Iterator

from keystone_check.checks import starting
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds
from keystone_check.model.servers import ServerArguments

severity = Severity.HIGH


def judge(server_arguments: Subjects[ServerArguments]) -> Iterator[Finding]:
    """One finding an API server whose arguments are shown."""
    seen = dict(server_arguments.seen())
    accepted = tuple(dict.fromkeys(issuer for it in seen.values() for issuer in it.issuers))
    for name, arguments in server_arguments:
        if isinstance(arguments, Absent | Missing):
            yield gap(name, arguments)
            continue
        lacking = tuple(issuer for issuer in accepted if issuer not in arguments.issuers)
        yield _lacks(name, arguments, lacking) if lacking else holds(name, _replaced(arguments))


def _lacks(name: str, arguments: ServerArguments, lacking: tuple[str, ...]) -> Finding:
    wanted = (*arguments.issuers, *lacking)
    return broken(
        name,
        f"it does not accept the issuer {' and '.join(lacking)}, which another API server accepts",
        Evidence(f"{arguments.source} of {name}", ", ".join(wanted), ", ".join(arguments.issuers)),
        starting.issuers("let every API server accept the same issuers", wanted[0], *wanted[1:]),
    )


def _replaced(arguments: ServerArguments) -> str:
    """Information, for it may long be over: tokens of the default issuer are accepted no more."""
    default = arguments.default_issuer
    if not default or default in arguments.issuers:
        return ""
    return f"it does not accept tokens of {default} any more, which pods keep from before a change"
