"""The public access block permits the bucket policy.

## Why it matters
New buckets block public policies since April 2023, and an account or organization can block them for
every bucket; the most restrictive level wins. `BlockPublicPolicy` refuses the policy with
`AccessDenied … s3:PutBucketPolicy` even for an administrator; `RestrictPublicBuckets` lets the policy stand
and still answers strangers `403 AccessDenied`. STS then says
`Couldn't retrieve verification key from your identity provider`.

## How to fix
Set BlockPublicPolicy and RestrictPublicBuckets to false for this bucket, keep the two ACL settings true,
then write the policy. An ACL is no way out: new buckets refuse them (`AccessControlListNotSupported`).
Where the account blocks all, put CloudFront in front of a private bucket instead.

## References
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from keystone_check.checks.publishing import unnamed_documents
from keystone_check.iam.s3 import is_public, opened_beyond
from keystone_check.model.aws import Bucket, Caller, PublicAccessBlock
from keystone_check.model.change import SetAccountPublicAccess, SetBucketPublicAccess
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    blocked,
    broken,
    holds,
)

severity = Severity.CRITICAL


def judge(
    bucket: Annotated[Bucket, "public_access", "policy", "objects", "absence"],
    account_public_access: PublicAccessBlock | Absent | Missing,
    organization_public_access: str | Absent | Missing,
    caller: Caller,
) -> Iterator[Finding]:
    """One finding for the bucket, one for the account."""
    stored = not isinstance(bucket.policy, Absent)
    yield _level(
        f"bucket {bucket.name}",
        "s3:GetBucketPublicAccessBlock",
        bucket.public_access,
        stored,
        _of_bucket(bucket),
    )
    yield _level(
        f"account {caller.account}",
        "s3:GetAccountPublicAccessBlock",
        account_public_access,
        stored,
        _of_account(caller, bucket, account_public_access, organization_public_access),
    )


def _level(
    subject: str,
    source: str,
    block: PublicAccessBlock | Absent | Missing,
    stored: bool,
    repair: Repair | None,
) -> Finding:
    match block:
        case Missing():
            return blocked(subject, block)
        case Absent():
            return holds(subject, block.because)
        case PublicAccessBlock(block_public_policy=False, restrict_public_buckets=False):
            return holds(subject)
        case PublicAccessBlock():
            seen = _shown(block)
            return broken(
                subject,
                f"the public access block of {subject} {_effect(block, stored)}: {seen}",
                Evidence(source, "BlockPublicPolicy=false, RestrictPublicBuckets=false", seen),
                repair,
            )


def _effect(block: PublicAccessBlock, stored: bool) -> str:
    """What comes of it; S3 keeps the policy that was there before, and takes no public one after."""
    if stored or not block.block_public_policy:
        return "shuts out the policy of the documents"
    acls = ", nor an upload with a public ACL" if block.block_public_acls else ""
    return f"lets nobody write the policy that the bucket lacks{acls}"


def _shown(block: PublicAccessBlock) -> str:
    return (
        f"BlockPublicPolicy={str(block.block_public_policy).lower()}, "
        f"RestrictPublicBuckets={str(block.restrict_public_buckets).lower()}"
    )


def _opened(block: PublicAccessBlock) -> PublicAccessBlock:
    return replace(block, block_public_policy=False, restrict_public_buckets=False)


def _of_bucket(bucket: Bucket) -> Repair | None:
    if not isinstance(bucket.public_access, PublicAccessBlock):
        return None
    change = SetBucketPublicAccess(
        bucket.name, bucket.region, bucket.public_access, _opened(bucket.public_access)
    )
    safety, reason = _class(bucket)
    return Repair(f"let bucket {bucket.name} have a public policy", safety, reason, (change,))


def _class(bucket: Bucket) -> tuple[Safety, str]:
    match bucket.policy:
        case Missing():
            return Safety.UNSAFE, "the policy that it would let through could not be read"
        case _ if unnamed_documents(bucket):
            return Safety.UNSAFE, "which objects are the two documents could not be read"
        case Absent():
            return Safety.SAFE, "the bucket has no policy yet, so this opens nothing by itself"
        case str() as policy if is_public(policy) is not True or not opened_beyond(policy, bucket):
            return Safety.SAFE, "the policy that it lets through opens the two documents and nothing else"
        case _:
            return Safety.UNSAFE, "the policy that it would let through opens more than the two documents"


def _of_account(
    caller: Caller,
    bucket: Bucket,
    block: PublicAccessBlock | Absent | Missing,
    organization: str | Absent | Missing,
) -> Repair | None:
    if not isinstance(block, PublicAccessBlock):
        return None
    if organization == "all" or isinstance(organization, Missing):
        return _of_organization(caller, organization)
    change = SetAccountPublicAccess(caller.account, bucket.region, block, _opened(block))
    return Repair(
        f"let buckets of account {caller.account} have public policies",
        Safety.UNSAFE,
        "it guards every bucket of the account, and others may have public policies that it holds shut",
        (change,),
    )


def _of_organization(caller: Caller, organization: str | Missing) -> Repair:
    """The account's block is the organization's, or nobody can tell whether it is."""
    if isinstance(organization, Missing):
        return Repair(
            f"let buckets of account {caller.account} have public policies",
            Safety.MANUAL,
            f"whether the organization sets it is not known: {organization.because}",
            steps=("allow organizations:DescribeEffectivePolicy, and look again",),
        )
    return Repair(
        f"let the organization permit public policies in account {caller.account}",
        Safety.MANUAL,
        "the account inherits its block from the organization and cannot change it",
        steps=("see organization_permits_public_policies",),
    )
