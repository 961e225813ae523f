"""Roles and buckets as commands of the AWS CLI."""

import json
from collections.abc import Iterator
from typing import assert_never

from keystone_check.model.aws import Grant
from keystone_check.model.change import SetAcl, SetDefaultEncryption, SetOwnership
from keystone_check.model.creation import CreateBucket, CreateRole, DeleteBucket, DeleteRole
from keystone_check.model.grant import SetRolePolicy
from keystone_check.remedy.describe import encryption_rule
from keystone_check.remedy.emit.command import aws, file, from_file

_GROUPS = "http://acs.amazonaws.com/groups/global"
_LETTERS = {
    "READ": "read",
    "WRITE": "write",
    "READ_ACP": "read-acp",
    "WRITE_ACP": "write-acp",
    "FULL_CONTROL": "full-control",
}


def role(change: CreateRole | DeleteRole) -> Iterator[str]:
    """Make a role, or delete it."""
    path, _, name = change.arn.partition(":role")[2].rpartition("/")
    match change:
        case CreateRole(trust=trust):
            yield from file("policy.json", trust)
            yield aws("iam", "create-role", f"--role-name={name}", f"--path={path}/") + from_file(
                "assume-role-policy-document", "policy.json"
            )
        case DeleteRole():
            yield aws("iam", "delete-role", f"--role-name={name}")
        case _:
            assert_never(change)


def granted(change: SetRolePolicy) -> Iterator[str]:
    """Write an inline policy, or delete it."""
    where = (f"--role-name={change.role_arn.rpartition('/')[2]}", f"--policy-name={change.name}")
    if change.after is None:
        yield aws("iam", "delete-role-policy", *where)
        return
    yield from file("policy.json", change.after)
    yield aws("iam", "put-role-policy", *where) + from_file("policy-document", "policy.json")


def bucket(change: CreateBucket | DeleteBucket) -> Iterator[str]:
    """Make a bucket, or delete it. One region takes no LocationConstraint."""
    where = (f"--region={change.region}", f"--bucket={change.bucket}")
    match change:
        case CreateBucket(region=region):
            place = f"--create-bucket-configuration=LocationConstraint={region}"
            said = () if region == "us-east-1" else (place,)
            yield aws("s3api", "create-bucket", *where, *said, "--object-ownership=BucketOwnerEnforced")
        case DeleteBucket():
            yield aws("s3api", "delete-bucket", *where)
        case _:
            assert_never(change)


def setting(change: SetOwnership | SetAcl | SetDefaultEncryption) -> Iterator[str]:
    """One setting of a bucket."""
    where = (f"--region={change.region}", f"--bucket={change.bucket}")
    match change:
        case SetOwnership(after=None):
            yield aws("s3api", "delete-bucket-ownership-controls", *where)
        case SetOwnership(after=str(after)):
            rules = f"--ownership-controls=Rules=[{{ObjectOwnership={after}}}]"
            yield aws("s3api", "put-bucket-ownership-controls", *where, rules)
        case SetAcl(after=()):
            yield aws("s3api", "put-bucket-acl", *where, "--acl=private")
        case SetAcl():
            yield aws("s3api", "put-bucket-acl", *where, *_granted(change.after))
        case SetDefaultEncryption():
            rules = json.dumps({"Rules": [encryption_rule(change.after)]})
            yield aws(
                "s3api", "put-bucket-encryption", *where, f"--server-side-encryption-configuration={rules}"
            )


def _granted(grants: tuple[Grant, ...]) -> Iterator[str]:
    for permission, option in _LETTERS.items():
        whom = ",".join(_whom(grant.grantee) for grant in grants if grant.permission == permission)
        if whom:
            yield f"--grant-{option}={whom}"


def _whom(grantee: str) -> str:
    group = grantee in ("AllUsers", "AuthenticatedUsers")
    return f"uri={_GROUPS}/{grantee}" if group else f"id={grantee}"
