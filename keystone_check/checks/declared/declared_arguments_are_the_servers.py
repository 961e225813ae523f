"""API servers run with the arguments that are declared.

## Why it matters
K3s reads its files and flags when it starts, and never again. What was written since then takes effect at the
next restart, perhaps months later and in the middle of something else: a new issuer, a key set address or an
audience comes alive at once, and running pods are refused with `No OpenIDConnect provider found in your
account for …` or `Incorrect token audience`.

## How to fix
Restart one server after the other when you are ready for what is declared, or take it back.

## References
- https://docs.k3s.io/installation/configuration
- https://docs.k3s.io/cli/server
"""

from collections.abc import Iterator

from keystone_check.checks.declaring import apart, listed, unseen
from keystone_check.model.declared import Declared
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Severity, gap, holds
from keystone_check.model.servers import ServerArguments

severity = Severity.HIGH


def judge(declared: Subjects[Declared], server_arguments: Subjects[ServerArguments]) -> Iterator[Finding]:
    """One finding for each server, and more where several of its arguments differ."""
    yield from unseen(declared)
    for source, one in declared.seen():
        for name, server in server_arguments if one.arguments.written else ():
            if isinstance(server, Absent | Missing):
                yield gap(name, server)
            else:
                yield from tuple(_differing(name, source, one.arguments, server)) or (holds(name),)


def _differing(
    name: str, source: str, declared: ServerArguments, server: ServerArguments
) -> Iterator[Finding]:
    names = dict.fromkeys(item.partition("=")[0].rstrip("+-") for item in declared.written)
    for argument in names:
        wanted, found = declared.values(argument), server.values(argument)
        if wanted != found:
            yield apart(name, source, argument, listed(wanted), listed(found))
