"""A bucket that S3 calls public lets the documents out.

## Why it matters
The console's `Public` and GetBucketPolicyStatus speak of the bucket's policy as a whole: one statement for
everyone is enough, whatever it opens. A tool that takes it for granted that objects of a public bucket can
be read, and leaves their permissions alone, ends with a bucket that is `Public` and documents that answer
`403 AccessDenied`: every pod's call fails with
`Couldn't retrieve verification key from your identity provider`.

## How to fix
Open the two documents themselves in the bucket policy, and look at what else it opens.

## References
- https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html
- https://github.com/kubernetes/kops/issues/15296
"""

from collections.abc import Iterator
from typing import Annotated

from keystone_check.checks.publishing import refusal
from keystone_check.iam.s3 import locate
from keystone_check.model.aws import Bucket, PublicAccessBlock
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Severity,
    blocked,
    broken,
    gap,
    holds,
    not_applicable,
)
from keystone_check.model.web import Response

Block = PublicAccessBlock | Absent | Missing

severity = Severity.HIGH


def judge(
    bucket: Annotated[Bucket, "policy_is_public", "public_access", "objects", "absence"],
    account_public_access: Block,
    discovery: Response | Missing,
    key_set: Response | Missing,
) -> Iterator[Finding]:
    """One finding, about the bucket."""
    public = bucket.policy_is_public
    if isinstance(public, Absent | Missing):
        yield gap(bucket.name, public)
    elif not public:
        yield not_applicable(bucket.name, "S3 does not count the policy as public")
    else:
        answers = [answer for answer in (discovery, key_set) if isinstance(answer, Response)]
        private = [answer for answer in answers if answer.status == 403]
        blocks = (bucket.public_access, account_public_access)
        yield _judged(bucket, private, blocks) if private else _read(bucket, discovery)


def _read(bucket: Bucket, discovery: Response | Missing) -> Finding:
    return blocked(bucket.name, discovery) if isinstance(discovery, Missing) else holds(bucket.name)


def _judged(bucket: Bucket, private: list[Response], blocks: tuple[Block, ...]) -> Finding:
    if any(isinstance(block, PublicAccessBlock) and block.restrict_public_buckets for block in blocks):
        return not_applicable(bucket.name, "a public access block holds the public policy shut")
    if unseen := next((block for block in blocks if isinstance(block, Missing)), None):
        return blocked(bucket.name, unseen)
    for answer in private:
        stored = bucket.objects[_key(answer.url)]
        if isinstance(stored, Absent | Missing):  # where there is no object the policy keeps nothing back
            return gap(bucket.name, stored)
    seen = "; ".join(f"{answer.url}: {refusal(answer)}" for answer in private)
    return broken(
        bucket.name,
        f"S3 calls bucket {bucket.name} public, and strangers do not get its documents: {seen}",
        Evidence("s3:GetBucketPolicyStatus and anonymous GET", "200 for both documents", seen),
    )


def _key(url: str) -> str:
    location = locate(url)
    return location.key if location else ""
