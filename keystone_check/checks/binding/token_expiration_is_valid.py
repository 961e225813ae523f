"""The annotated token expiration is a number of seconds from 600 to 86400.

## Why it matters
The webhook reads `eks.amazonaws.com/token-expiration` and never complains. What is no whole number is
ignored in favour of its default, with a line that shows at log level 4 only (`Found invalid value for
token expiration, using %d seconds as default`). Less than 600 becomes 600; a volume that is written by
hand with less is refused by the API server: `may not specify a duration less than 10 minutes`. More than
a day is taken, but keeps a stolen token good for longer, outlives keys in a rotation, and users report
`Token too old` (ExpiredTokenException) for tokens of several days whose `exp` was still ahead.

## How to fix
Annotate whole seconds, 3600 for instance, or remove the annotation.

## References
- https://github.com/aws/amazon-eks-pod-identity-webhook/blob/master/pkg/cache/cache.go
- https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
- https://github.com/mozilla-iam/mozilla-aws-cli/issues/146
"""

from collections.abc import Iterator

from keystone_check.model.change import SetAnnotation
from keystone_check.model.cluster import LEAST_SECONDS, TOKEN_EXPIRATION, ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, gap, holds
from keystone_check.model.written import whole

severity = Severity.MEDIUM
LEAST, MOST = LEAST_SECONDS, 86400


def judge(accounts: Subjects[ServiceAccount]) -> Iterator[Finding]:
    """One finding a bound service account."""
    for name, account in accounts:
        if isinstance(account, Absent | Missing):
            yield gap(name, account)
        elif TOKEN_EXPIRATION not in account.annotations:
            yield holds(name, "it annotates no expiration, so the webhook's default holds")
        else:
            yield _judged(name, account, account.annotations[TOKEN_EXPIRATION])


def _judged(name: str, account: ServiceAccount, written: str) -> Finding:
    seconds = whole(written)
    if seconds is None:
        return _wrong(name, account, "is no whole number, so the webhook ignores it", None)
    if seconds < LEAST:
        return _wrong(name, account, f"is less than {LEAST}, so the webhook takes {LEAST}", LEAST)
    if seconds > MOST:
        return _wrong(name, account, f"is more than a day ({MOST} seconds)", MOST)
    return holds(name)


def _wrong(name: str, account: ServiceAccount, defect: str, right: int | None) -> Finding:
    written = account.annotations[TOKEN_EXPIRATION]
    return broken(
        name,
        f"its annotation {TOKEN_EXPIRATION}={written!a} {defect}",
        Evidence(f"service account {name}", f"{LEAST} to {MOST}", ascii(written)),
        _repair(account, written, right),
    )


def _repair(account: ServiceAccount, written: str, right: int | None) -> Repair:
    if right is None:
        return Repair(
            "remove the annotation",
            Safety.SAFE,
            "the webhook ignores it, so nothing changes but what is written",
            (SetAnnotation(account.namespace, account.name, TOKEN_EXPIRATION, written, None),),
        )
    change = SetAnnotation(account.namespace, account.name, TOKEN_EXPIRATION, written, str(right))
    return Repair(
        f"annotate {right}",
        Safety.SAFE,
        "tokens are renewed before they end, however long they live",
        (change,),
    )
