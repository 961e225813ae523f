"""The issuer's bucket belongs to the account.

## Why it matters
Who owns the bucket decides what keys are published, and so who may sign tokens for every role that trusts
the issuer. Bucket names are one namespace for everybody: a bucket that was deleted can be made again by
anyone. When it is in another account, its settings answer `403 AccessDenied` here, though the documents may
be read.

## How to fix
When the other account is yours, look with its credentials, and say so in your own records. When it is not,
delete the OIDC provider at once, and let the cluster sign for an issuer of yours.

## References
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
- https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
"""

from collections.abc import Iterator
from typing import Annotated

from keystone_check.model.aws import Bucket, Caller
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, holds

severity = Severity.HIGH


def judge(
    bucket: Annotated[Bucket, "region"], own_buckets: tuple[str, ...], caller: Caller
) -> Iterator[Finding]:
    """One finding, about the bucket."""
    if bucket.name in own_buckets:
        yield holds(bucket.name)
        return
    yield broken(
        bucket.name,
        f"bucket {bucket.name} exists and is not one of account {caller.account}",
        Evidence(
            "s3:ListAllMyBuckets",
            f"{bucket.name} among the buckets of account {caller.account}",
            f"{len(own_buckets)} others" if own_buckets else "no bucket at all",
        ),
        _repair(bucket, caller),
    )


def _repair(bucket: Bucket, caller: Caller) -> Repair:
    return Repair(
        "find out whose bucket it is",
        Safety.MANUAL,
        "S3 tells nobody whose a bucket is",
        steps=(
            "with the credentials of each account of yours: "
            f"aws s3api head-bucket --bucket {bucket.name} --expected-bucket-owner ACCOUNT",
            "an account that gets no 403 owns it; if none does, delete the issuer's provider in account "
            f"{caller.account}: aws iam delete-open-id-connect-provider --open-id-connect-provider-arn ARN",
        ),
    )
