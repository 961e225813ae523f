"""Every provider on the issuer's host is the issuer's.

## Why it matters
A provider that nothing uses any more is still a door: whoever can publish at its address, and sign, is let
in by every role that trusts it. On a host that is yours, such as the issuer's bucket, former issuers are
easily left behind when a cluster is rebuilt. Those of other hosts are named and not judged: another cluster
may sign for them. A quota of 100 providers an account ends in `LimitExceeded`.

## How to fix
Delete the provider once no cluster signs for its issuer. A cluster that shares the bucket has its own path
in it: look there first. While an issuer is migrated the API servers accept the former one still, and its
provider is in use until they do no more.

## References
- https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteOpenIDConnectProvider.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from keystone_check.iam.arns import near_misses, provider_arn
from keystone_check.iam.s3 import locate
from keystone_check.model.aws import Caller
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, blocked, broken, holds
from keystone_check.model.servers import ServerArguments

severity = Severity.LOW
NAMED = 5
"""Of providers elsewhere; the rest is counted."""


def judge(
    issuer: Issuer,
    provider_arns: tuple[str, ...],
    caller: Caller,
    server_arguments: Subjects[ServerArguments] | Absent | Missing,
) -> Iterator[Finding]:
    """One finding for each provider in the issuer's own place, or one about the account."""
    wanted = provider_arn(caller.partition, caller.account, issuer.url)
    known = {wanted, *near_misses(provider_arns, wanted), *_migrated(server_arguments, caller)}
    here = [arn for arn in provider_arns if arn not in known and _place(_url(arn)) == _place(issuer.url)]
    unread = _unread(server_arguments)
    yield from (_unused(issuer, arn) if unread is None else blocked(arn, unread) for arn in here)
    if not here:
        yield holds(f"account {caller.account}", _elsewhere(sorted(set(provider_arns) - known)))


def _elsewhere(arns: list[str]) -> str:
    """Information: whether a cluster somewhere signs for them is not known from here."""
    if not arns:
        return ""
    more = f" and {len(arns) - NAMED} more" if len(arns) > NAMED else ""
    listed = ", ".join(_url(arn) for arn in arns[:NAMED])
    return f"not judged, for other clusters may use providers of other hosts: {listed}{more}"


def _migrated(arguments: Subjects[ServerArguments] | Absent | Missing, caller: Caller) -> Iterator[str]:
    """The providers of all issuers that the API servers accept."""
    if isinstance(arguments, Subjects):
        for _, found in arguments.seen():
            yield from (provider_arn(caller.partition, caller.account, url) for url in found.issuers)


def _unread(arguments: Subjects[ServerArguments] | Absent | Missing) -> Missing | None:
    """Why nobody can say which issuers are accepted; None where that is known, or where nothing tells it."""
    if isinstance(arguments, Subjects):
        return next((gap for _, gap in arguments if isinstance(gap, Missing)), None)
    return arguments if isinstance(arguments, Missing) else None


def _unused(issuer: Issuer, arn: str) -> Finding:
    return broken(
        arn,
        f"the provider of {_url(arn)} is in the place of {issuer.url} and nothing here uses it; "
        "another cluster may",
        Evidence("iam:ListOpenIDConnectProviders", f"no provider but that of {issuer.url}", arn),
        Repair(
            "delete the provider when no cluster signs for it",
            Safety.MANUAL,
            "clusters that are not looked at here may use it",
            steps=(f"aws iam delete-open-id-connect-provider --open-id-connect-provider-arn {arn}",),
        ),
    )


def _url(arn: str) -> str:
    return f"https://{arn.partition(':oidc-provider/')[2]}"


def _place(url: str) -> str:
    """The bucket where it is an address of S3, or else the host."""
    located = locate(url)
    return f"bucket {located.bucket}" if located else (urlsplit(url).hostname or url)
