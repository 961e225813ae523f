"""No condition of the bucket policy shuts STS out.

## Why it matters
STS reads the documents over the public internet, from addresses that AWS does not publish, and not through
a VPC endpoint of yours. A statement that allows reading from `aws:SourceIp`, `aws:SourceVpce`,
`aws:SourceVpc` or an organization's principals only, or denies it elsewhere, works from the office and from
the cluster, and STS still says `Couldn't retrieve verification key from your identity provider`
(InvalidIdentityToken). A statement that demands TLS (`aws:SecureTransport`) does no harm: STS always comes
by https.

## How to fix
Take the condition off for the two documents. They hold public keys and are public by design.

## References
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from collections.abc import Iterator
from typing import Annotated

from keystone_check.checks import opening
from keystone_check.checks.publishing import unnamed_documents
from keystone_check.iam.bucket_network import shut_by_network
from keystone_check.iam.s3 import opens
from keystone_check.model.aws import Bucket, Caller
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Severity,
    blocked,
    broken,
    holds,
    not_applicable,
)

severity = Severity.CRITICAL


def judge(bucket: Annotated[Bucket, "policy", "objects", "absence"], caller: Caller) -> Iterator[Finding]:
    """One finding, about the bucket's policy."""
    match bucket.policy:
        case Missing():
            yield blocked(bucket.name, bucket.policy)
        case _ if unknown := unnamed_documents(bucket):
            yield blocked(bucket.name, unknown)
        case Absent():
            yield not_applicable(bucket.name, bucket.policy.because)
        case str() as policy:
            yield _judged(bucket, caller, policy)


def _judged(bucket: Bucket, caller: Caller, policy: str) -> Finding:
    keys = tuple(key for key, _ in bucket.objects)
    conditions = shut_by_network(policy, bucket, keys)
    if conditions:
        seen = "; ".join(conditions)
        return broken(
            bucket.name,
            f"the policy of bucket {bucket.name} shuts out whoever comes from elsewhere, as STS does: {seen}",
            Evidence("s3:GetBucketPolicy", "no condition on where the reader is", seen),
            opening.repair(bucket, caller, policy),
        )
    if not all(opens(policy, bucket, key) for key in keys):
        return not_applicable(bucket.name, "the policy does not open the documents to anybody")
    return holds(bucket.name)
