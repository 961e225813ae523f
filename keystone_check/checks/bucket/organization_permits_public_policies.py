"""The organization permits public bucket policies.

## Why it matters
An S3 policy of AWS Organizations can block public access in every account under it. The accounts inherit
it: nobody in the account can lift it (`AccessDenied` for s3:PutAccountPublicAccessBlock), and strangers,
STS among them, get `403 AccessDenied` whatever the bucket and its policy say. STS then answers
`Couldn't retrieve verification key from your identity provider`.

## How to fix
Let whoever manages the organization detach the S3 policy from this account or assign `none` to it, or put
CloudFront in front of a private bucket, which needs no public policy.

## References
- https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_s3.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from collections.abc import Iterator
from typing import Annotated

from keystone_check.model.aws import Bucket, Caller
from keystone_check.model.facts import Absent
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, holds

severity = Severity.CRITICAL


def judge(
    bucket: Annotated[Bucket, "region"], organization_public_access: str | Absent, caller: Caller
) -> Iterator[Finding]:
    """One finding, about the account."""
    account = f"account {caller.account}"
    match organization_public_access:
        case Absent(because=because):
            yield holds(account, because)
        case "all":
            yield broken(
                account,
                f"the organization of {account} blocks all public access to S3, "
                f"that of bucket {bucket.name} too",
                Evidence("organizations:DescribeEffectivePolicy S3_POLICY", "none", "all"),
                _repair(caller),
            )
        case str() as said:
            yield holds(account, f"the organization's S3 policy says {said!r}")


def _repair(caller: Caller) -> Repair:
    return Repair(
        "let the organization permit public policies in this account",
        Safety.MANUAL,
        "only the organization's management account or a delegated administrator can change its policies",
        steps=(
            f"aws organizations list-policies-for-target --target-id {caller.account} --filter S3_POLICY",
            f"aws organizations detach-policy --policy-id POLICY --target-id {caller.account}",
            "or put CloudFront in front of a private bucket and make its address the issuer",
        ),
    )
