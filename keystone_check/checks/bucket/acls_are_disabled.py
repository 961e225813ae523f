"""Access control lists are disabled.

## Why it matters
With ACLs in force an object belongs to whoever uploaded it, and its ACL can open or shut it beside the
policy. A bucket policy does not reach objects that another account owns: strangers get `403 AccessDenied`
for a document that the policy opens. Where they are disabled (`BucketOwnerEnforced`, every new bucket since
April 2023) the policy alone decides, and `aws s3 cp --acl public-read`, which older guides have, ends in
`AccessControlListNotSupported: The bucket does not allow ACLs`.

## How to fix
Set the bucket's object ownership to `BucketOwnerEnforced`, once nothing depends on its ACLs.

## References
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-error-responses.html
"""

from collections.abc import Iterator
from typing import Annotated

from keystone_check.checks import owning
from keystone_check.checks.owning import ENFORCED
from keystone_check.model.aws import Bucket
from keystone_check.model.facts import Missing
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Severity,
    blocked,
    broken,
    holds,
)

severity = Severity.LOW


def judge(bucket: Annotated[Bucket, "ownership", "grants"]) -> Iterator[Finding]:
    """One finding, about the bucket."""
    if isinstance(bucket.ownership, Missing):
        yield blocked(bucket.name, bucket.ownership)
    elif bucket.ownership == ENFORCED:
        yield holds(bucket.name)
    else:
        seen = bucket.ownership if isinstance(bucket.ownership, str) else bucket.ownership.because
        yield broken(
            bucket.name,
            f"ACLs are in force in bucket {bucket.name} ({seen}): an object belongs to whoever uploads it",
            Evidence("s3:GetBucketOwnershipControls", ENFORCED, seen),
            owning.disable(bucket),
        )
