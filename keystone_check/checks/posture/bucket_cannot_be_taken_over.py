"""Nobody can make the bucket that a provider names.

## Why it matters
Bucket names are one namespace for everybody. When an OIDC provider of the account names the address of a
bucket that does not exist, anyone may create it, publish a key of his own there, and sign tokens that STS
accepts for every role that trusts the provider. Nothing in the account shows it happening.

## How to fix
Make the bucket again in your own account, or delete the provider.

## References
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
- https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteOpenIDConnectProvider.html
"""

from collections.abc import Iterator

from keystone_check.iam.s3 import locate
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    blocked,
    broken,
    holds,
    not_applicable,
)

severity = Severity.CRITICAL


def judge(
    provider_arns: tuple[str, ...], provider_buckets: Subjects[str], caller: Caller
) -> Iterator[Finding]:
    """One finding for each provider whose URL is an address of S3."""
    found = False
    others = dict(provider_buckets)
    for arn in provider_arns:
        place = locate(f"https://{arn.partition(':oidc-provider/')[2]}")
        if place:
            found = True
            yield _judged(arn, place.bucket, others.get(place.bucket), caller)
    if not found:
        yield not_applicable(f"account {caller.account}", "no provider here names a bucket")


def _judged(arn: str, bucket: str, elsewhere: str | Absent | Missing | None, caller: Caller) -> Finding:
    match elsewhere:
        case None:
            return holds(arn)
        case Missing() as missing:
            return blocked(arn, missing)
        case str() as region:
            return holds(arn, f"bucket {bucket} is in {region}, of another account than {caller.account}")
        case Absent(because=because):
            return broken(
                arn,
                f"the provider names bucket {bucket}, which nobody has; whoever makes it signs for its roles",
                Evidence("s3:HeadBucket", f"bucket {bucket} in account {caller.account}", because),
                _repair(arn, bucket),
            )


def _repair(arn: str, bucket: str) -> Repair:
    return Repair(
        "make the bucket, or delete the provider",
        Safety.MANUAL,
        "whether anything still uses the provider is not known here",
        steps=(
            f"either: aws s3 mb s3://{bucket} (in the region of the address)",
            f"or: aws iam delete-open-id-connect-provider --open-id-connect-provider-arn {arn}",
        ),
    )
