"""The bucket policy opens the two documents and no more.

## Why it matters
STS reads the discovery document and the key set as an anonymous client. Without a statement that allows
`s3:GetObject` on both keys to everyone, S3 answers `403 AccessDenied` and STS
`Couldn't retrieve verification key from your identity provider`. A statement that opens more is as bad:
whoever can write the key set can mint tokens for every role that trusts the issuer.

## How to fix
Allow `s3:GetObject` to `"Principal": "*"` on exactly the two keys. Listing the bucket is not needed. A
condition on source addresses or a VPC endpoint shuts STS out: its addresses are not published. In a bucket
that clusters share, the two documents of another issuer may be open as well, each by its whole name.

## References
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
"""

from collections.abc import Iterator
from typing import Annotated

from keystone_check.checks import opening
from keystone_check.checks.publishing import unnamed_documents
from keystone_check.iam.s3 import is_public, of_other_issuers, opened_beyond, opens
from keystone_check.model.aws import Bucket, Caller
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Severity,
    blocked,
    broken,
    holds,
)

severity = Severity.CRITICAL
SOURCE = "s3:GetBucketPolicy"


def judge(bucket: Annotated[Bucket, "policy", "objects", "absence"], caller: Caller) -> Iterator[Finding]:
    """One finding, about the bucket's policy."""
    match bucket.policy:
        case Missing():
            yield blocked(bucket.name, bucket.policy)
        case _ if unknown := unnamed_documents(bucket):
            yield blocked(bucket.name, unknown)
        case Absent():
            yield _shut(bucket, caller, None, tuple(_keys(bucket)), bucket.policy.because)
        case str() as policy:
            yield _judged(bucket, caller, policy)


def _judged(bucket: Bucket, caller: Caller, policy: str) -> Finding:
    shut = tuple(key for key in _keys(bucket) if not opens(policy, bucket, key))
    shared = of_other_issuers(policy, bucket)
    beyond = opened_beyond(policy, bucket, shared)
    if shut:
        return _shut(bucket, caller, policy, shut, f"not opened: {', '.join(shut)}")
    if beyond:
        return broken(
            bucket.name,
            f"the policy of bucket {bucket.name} opens more than the two documents: {'; '.join(beyond)}",
            Evidence(SOURCE, f"s3:GetObject on {' and '.join(_keys(bucket))}", "; ".join(beyond)),
            opening.repair(bucket, caller, policy),
        )
    opened = ", ".join(arn.partition(":::")[2] for arn in shared)
    return holds(bucket.name, f"another issuer's by their names are open too: {opened}" if shared else "")


def _shut(bucket: Bucket, caller: Caller, policy: str | None, shut: tuple[str, ...], seen: str) -> Finding:
    return broken(
        bucket.name,
        f"the policy of bucket {bucket.name} does not let a stranger read {' and '.join(shut)}"
        + (", though S3 counts it as public" if policy and is_public(policy) is True else ""),
        Evidence(SOURCE, f"s3:GetObject on {' and '.join(_keys(bucket))} allowed to everyone", seen),
        opening.repair(bucket, caller, policy),
    )


def _keys(bucket: Bucket) -> Iterator[str]:
    yield from (key for key, _ in bucket.objects)
