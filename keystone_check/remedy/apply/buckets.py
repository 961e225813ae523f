"""A bucket itself, its ownership, access control list and default encryption: read and written."""

from collections.abc import Callable
from typing import Any, TypeVar, assert_never

from keystone_check.model.aws import Grant
from keystone_check.model.change import SetAcl, SetDefaultEncryption, SetOwnership
from keystone_check.model.creation import CreateBucket, DeleteBucket
from keystone_check.probes import rights as reading
from keystone_check.probes.aws import Aws
from keystone_check.probes.bucket import REGION_HEADER, default_encryption, grants_of
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.rights import AwsAsk
from keystone_check.remedy.apply import rights
from keystone_check.remedy.describe import encryption_rule

T = TypeVar("T")
Setting = SetOwnership | SetAcl | SetDefaultEncryption
Write = Callable[..., None]
"""`write(ask, subject, region, **parameters)`."""
NO_LOCATION = "us-east-1"
"""The one region that S3 takes no LocationConstraint for:
https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html"""
_GROUPS = "http://acs.amazonaws.com/groups/global"


def bucket_setting(aws: Aws, change: Setting) -> object:
    """What is set now, in the terms of the change; None where nothing is."""
    match change:
        case SetOwnership():
            return _ownership(aws, change)
        case SetAcl():
            return grants_of(_asked(aws, reading.BUCKET_ACL, change))
        case SetDefaultEncryption():
            return default_encryption(_asked(aws, reading.BUCKET_ENCRYPTION, change))
    assert_never(change)


def bucket_there(aws: Aws, change: CreateBucket | DeleteBucket) -> str | None:
    """Where the bucket is, in words; None where nobody has one of that name."""
    try:
        answer = aws.ask(reading.FIND_BUCKET, change.bucket, change.region, Bucket=change.bucket)
    except ReadError as error:
        if error.code == "404":
            return None
        if error.code == "403":
            return "a bucket that is not ours to list"
        raise
    region = answer["ResponseMetadata"]["HTTPHeaders"].get(REGION_HEADER, change.region)
    return f"a bucket in {region}"


def in_region(change: CreateBucket | DeleteBucket) -> str:
    """What `bucket_there` says of the bucket of this change."""
    return f"a bucket in {change.region}"


def write_bucket(write: Write, change: CreateBucket | DeleteBucket) -> None:
    """Make it, without ACLs, or delete it; S3 deletes none that holds anything."""
    name, region = change.bucket, change.region
    match change:
        case CreateBucket():
            where = {"LocationConstraint": region}
            place = {} if region == NO_LOCATION else {"CreateBucketConfiguration": where}
            write(
                rights.CREATE_BUCKET,
                name,
                region,
                Bucket=name,
                ObjectOwnership="BucketOwnerEnforced",
                **place,
            )
        case DeleteBucket():
            write(rights.DELETE_BUCKET, name, region, Bucket=name)
        case _:
            assert_never(change)


def write_setting(aws: Aws, write: Write, change: Setting) -> None:
    """Set it, or delete what was not set before."""
    name, region = change.bucket, change.region
    match change:
        case SetOwnership(after=None):
            write(rights.DELETE_BUCKET_OWNERSHIP, name, region, Bucket=name)
        case SetOwnership(after=str(after)):
            rules = {"Rules": [{"ObjectOwnership": after}]}
            write(rights.PUT_BUCKET_OWNERSHIP, name, region, Bucket=name, OwnershipControls=rules)
        case SetAcl():
            owner = _asked(aws, reading.BUCKET_ACL, change)["Owner"]
            policy = {"Owner": owner, "Grants": [_line(owner["ID"], "FULL_CONTROL"), *_lines(change.after)]}
            write(rights.PUT_BUCKET_ACL, name, region, Bucket=name, AccessControlPolicy=policy)
        case SetDefaultEncryption():
            said = {"Rules": [encryption_rule(change.after)]}
            write(
                rights.PUT_BUCKET_ENCRYPTION,
                name,
                region,
                Bucket=name,
                ServerSideEncryptionConfiguration=said,
            )


def _ownership(aws: Aws, change: SetOwnership) -> str | None:
    try:
        answer = _asked(aws, reading.BUCKET_OWNERSHIP, change)
    except ReadError as error:
        if error.code == "OwnershipControlsNotFoundError":
            return None
        raise
    return str(answer["OwnershipControls"]["Rules"][0]["ObjectOwnership"])


def _asked(aws: Aws, ask: AwsAsk, change: Setting) -> dict[str, Any]:
    return aws.ask(ask, change.bucket, change.region, Bucket=change.bucket)


def _lines(grants: tuple[Grant, ...]) -> list[dict[str, Any]]:
    return [_line(grant.grantee, grant.permission) for grant in grants]


def _line(grantee: str, permission: str) -> dict[str, Any]:
    """A group by its address, an account by its id."""
    if grantee in ("AllUsers", "AuthenticatedUsers"):
        return {"Grantee": {"Type": "Group", "URI": f"{_GROUPS}/{grantee}"}, "Permission": permission}
    return {"Grantee": {"Type": "CanonicalUser", "ID": grantee}, "Permission": permission}
