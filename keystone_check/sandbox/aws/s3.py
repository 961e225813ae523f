"""What S3 refuses and moto does not: public policies under a public access block, ACLs where they are off."""

import json

from werkzeug.wrappers import Request, Response

from keystone_check.iam.s3 import is_public
from keystone_check.model.aws import Bucket, PublicAccessBlock
from keystone_check.model.facts import Absent
from keystone_check.sandbox.aws import state
from keystone_check.sandbox.aws.account import Account
from keystone_check.sandbox.aws.calls import Call
from keystone_check.sandbox.aws.replies import s3_error


def refusal(account: Account, call: Call, request: Request) -> Response | None:
    """S3's refusal of a write that moto would take; None when S3 would take it too."""
    name, _, key = request.path.lstrip("/").partition("/")
    bucket = state.bucket(account.id, name, key)
    if not isinstance(bucket, Bucket):
        return None
    match call.action:
        case "GetObject" if "s3:ListBucket" in account.denied and isinstance(bucket.objects[key], Absent):
            # Who may not list a bucket does not learn what is not in it:
            # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
            return s3_error(403, "AccessDenied", "Access Denied")
        case "PutBucketPolicy":
            return _policy_refusal(account, bucket, request)
        case "PutObject" | "PutObjectAcl" | "PutBucketAcl":
            return _acl_refusal(account, bucket, call, request)
        case _:
            return None


def _policy_refusal(account: Account, bucket: Bucket, request: Request) -> Response | None:
    text = request.get_data(cache=True).decode("utf-8", "replace")
    try:
        json.loads(text)
    except ValueError:
        return s3_error(400, "MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'")
    blocked = any(block.block_public_policy for block in _blocks(account, bucket))
    if blocked and is_public(text) is True:
        return s3_error(403, "AccessDenied", "Access Denied")
    return None


def _acl_refusal(account: Account, bucket: Bucket, call: Call, request: Request) -> Response | None:
    acl = request.headers.get("x-amz-acl", "")
    asks = acl not in ("", "private", "bucket-owner-full-control") or call.action != "PutObject"
    if asks and bucket.ownership == "BucketOwnerEnforced":
        return s3_error(400, "AccessControlListNotSupported", "The bucket does not allow ACLs")
    if acl.startswith("public") and any(block.block_public_acls for block in _blocks(account, bucket)):
        return s3_error(403, "AccessDenied", "Access Denied")
    return None


def _blocks(account: Account, bucket: Bucket) -> tuple[PublicAccessBlock, ...]:
    levels = (bucket.public_access, state.account_public_access(account.id))
    return tuple(level for level in levels if isinstance(level, PublicAccessBlock))
