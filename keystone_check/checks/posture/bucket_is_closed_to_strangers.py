"""Strangers can neither list the bucket nor write to it.

## Why it matters
Whoever can write the key set can publish a key of his own and sign tokens that STS accepts for every role
that trusts the issuer; whoever can delete it stops every pod's call. A bucket that can be listed tells what
else lies in it. A policy can open that, and so can an ACL (`AllUsers`, or `AuthenticatedUsers`, which is
everybody with any AWS account).

## How to fix
Allow strangers `s3:GetObject` on the two documents and nothing else; disable ACLs.

## References
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from keystone_check.checks import owning
from keystone_check.iam.evaluate import Allowed, Undecided
from keystone_check.iam.s3 import locate, may
from keystone_check.model.aws import Bucket, Grant, PublicAccessBlock
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Severity,
    blocked,
    broken,
    holds,
)

severity = Severity.CRITICAL


ON_BUCKET = ("s3:ListBucket", "s3:PutBucketPolicy", "s3:DeleteBucket")
ON_OBJECTS = ("s3:PutObject", "s3:DeleteObject", "s3:PutObjectAcl")
ANY_KEY = ".well-known/openid-configuration"
EVERYONE = frozenset({"AllUsers", "AuthenticatedUsers"})


def judge(
    issuer: Issuer,
    bucket: Annotated[Bucket, "policy", "grants", "ownership", "public_access"],
    account_public_access: PublicAccessBlock | Absent | Missing,
) -> Iterator[Finding]:
    """One finding, about the bucket."""
    verdicts = dict(_verdicts(issuer, _for_everyone(bucket), account_public_access))
    open_ = tuple(action for action, verdict in verdicts.items() if isinstance(verdict, Allowed))
    if open_:
        yield broken(
            bucket.name,
            f"strangers can do {', '.join(open_)} in bucket {bucket.name}",
            Evidence("s3:GetBucketPolicy and s3:GetBucketAcl", "nothing but s3:GetObject", ", ".join(open_)),
            _repair(bucket),
        )
    elif unseen := next(iter(_unseen(verdicts)), None):
        yield blocked(bucket.name, unseen)
    else:
        yield holds(bucket.name)


def _for_everyone(bucket: Bucket) -> Bucket:
    """The bucket with what everybody may who has any account counted as what strangers may."""
    if isinstance(bucket.grants, Missing):
        return bucket
    grants = tuple(
        Grant("AllUsers" if grant.grantee in EVERYONE else grant.grantee, grant.permission)
        for grant in bucket.grants
    )
    return replace(bucket, grants=grants)


def _verdicts(
    issuer: Issuer, bucket: Bucket, account: PublicAccessBlock | Absent | Missing
) -> Iterator[tuple[str, object]]:
    place = locate(issuer.url)
    if place is None:
        return
    prefix = f"{place.prefix}/" if place.prefix else ""
    keys = dict.fromkeys(ON_BUCKET, "") | dict.fromkeys(ON_OBJECTS, prefix + ANY_KEY)
    for action, key in keys.items():
        yield action, may(bucket, account, place, action, key)


def _unseen(verdicts: dict[str, object]) -> Iterator[Missing]:
    for verdict in verdicts.values():
        if isinstance(verdict, Undecided):
            for because in verdict.because:
                yield because if isinstance(because, Missing) else Missing("bucket", str(because))


def _repair(bucket: Bucket) -> Repair | None:
    if not isinstance(bucket.grants, tuple) or not any(grant.grantee in EVERYONE for grant in bucket.grants):
        return None  # it is the policy, which policy_opens_exactly_the_documents mends
    return owning.disable(bucket)
