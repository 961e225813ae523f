"""The bucket is in the region that the issuer names.

## Why it matters
An address of S3 with another region than the bucket's is answered with
301 and `The bucket you are attempting to access must be addressed using the specified endpoint`
(PermanentRedirect),
without a Location that could be followed. AWS SDKs find the right region by themselves, STS does not:
`Couldn't retrieve verification key from your identity provider`.

## How to fix
Make a bucket in the region that the issuer names. The issuer is in every token, in the provider and in
every trust policy: changing it is a migration.

## References
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
- https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from collections.abc import Iterator
from typing import Annotated

from keystone_check.iam.s3 import locate
from keystone_check.model.aws import Bucket
from keystone_check.model.cluster import Issuer
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, holds

severity = Severity.CRITICAL


GLOBAL_PATHS = "us-east-1"
"""Where a path-style address without a region leads."""


def judge(issuer: Issuer, bucket: Annotated[Bucket, "region"]) -> Iterator[Finding]:
    """One finding, about the bucket."""
    place = locate(issuer.url)
    named = place.region if place else ""
    if place and not named and place.style == "path":
        named = GLOBAL_PATHS
    if not named or named == bucket.region:
        yield holds(
            bucket.name, "" if named else "the issuer's host is the global one, which names no region"
        )
        return
    yield broken(
        bucket.name,
        f"the issuer names region {named}, and bucket {bucket.name} is in {bucket.region}",
        Evidence("s3:HeadBucket x-amz-bucket-region", named, bucket.region),
        _repair(bucket, named),
    )


def _repair(bucket: Bucket, named: str) -> Repair:
    return Repair(
        f"have the bucket in {named}",
        Safety.MANUAL,
        "a bucket cannot be moved, and its name is free for others while it is gone",
        steps=(
            f"either: empty and delete bucket {bucket.name}, make it again in {named}, "
            "and publish both documents",
            "or: make a bucket of another name there, and migrate to its address as the issuer",
        ),
    )
