"""Each declared argument of the API server is given once.

## Why it matters
The API server takes `--service-account-issuer` several times, but not twice with the same URL: it refuses to
start. Arguments that have one value, such as `service-account-jwks-uri` or
`service-account-max-token-expiration`, take the last one without a word, so that the line which somebody
reads in the first file is not the one in force.

## How to fix
Leave one of the lines. With `+=` and `-=` count the value that K3s itself gives.

## References
- https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
- https://docs.k3s.io/installation/configuration
"""

from collections import Counter
from collections.abc import Iterator

from keystone_check.checks.declaring import SOURCES, by_hand, listed, unseen
from keystone_check.model.declared import SINGLE, Declared
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.servers import ISSUER

severity = Severity.HIGH


def judge(declared: Subjects[Declared]) -> Iterator[Finding]:
    """One finding for a declaration with arguments, and more where several are given twice."""
    yield from unseen(declared)
    for name, one in declared.seen():
        if one.arguments.written:
            yield from tuple(_twice(name, one)) or (holds(name),)


def _twice(name: str, one: Declared) -> Iterator[Finding]:
    for issuer, times in Counter(one.arguments.issuers).items():
        if times > 1:
            message = f"the issuer {issuer} is given {times} times: the API server does not start with that"
            yield _broken(name, message, f"{ISSUER}={issuer}")
    written = Counter(item.partition("=")[0].rstrip("+-") for item in one.arguments.written)
    for argument, times in written.items():
        values = one.arguments.values(argument)
        if argument in SINGLE and times > 1:
            message = f"{argument} is given {times} times ({listed(values)}): {values[-1]} is in force"
            yield _broken(name, message, f"{argument}={values[-1]}")


def _broken(name: str, message: str, line: str) -> Finding:
    return broken(
        name,
        message,
        Evidence(SOURCES[name], f"{line} once", message),
        by_hand("leave one of them", f"keep one line --kube-apiserver-arg={line}, and restart the servers"),
    )
