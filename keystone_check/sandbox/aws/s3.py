"""What S3 answers and moto does not: refusals that follow from settings, and whose a bucket is."""

import json

from werkzeug.wrappers import Request, Response

from keystone_check.iam.evaluate import Allowed
from keystone_check.iam.s3 import Location, is_public, may
from keystone_check.model.aws import Bucket, PublicAccessBlock
from keystone_check.model.facts import Absent
from keystone_check.sandbox.aws import buckets, state
from keystone_check.sandbox.aws.account import Account
from keystone_check.sandbox.aws.calls import Call
from keystone_check.sandbox.aws.replies import s3_error, xml

ANOTHER = "999988887777"
"""The account that foreign buckets are of."""
_NO_BLOCK = Absent("account_public_access", "what another account blocks is not our account's")


def answer(account: Account, call: Call, request: Request) -> Response | None:
    """S3's answer where moto's would be another; None where it would not."""
    if call.action == "ListAllMyBuckets":
        return _listing(account)
    name, _, key = request.path.lstrip("/").partition("/")
    bucket = state.bucket(account.id, name, key)
    if call.action == "CreateBucket" and account.opened:
        return buckets.create(account, name, bucket, request)
    if not isinstance(bucket, Bucket):
        return None
    owner = ANOTHER if name in account.foreign else account.id
    if request.headers.get("x-amz-expected-bucket-owner", owner) != owner:
        return _elsewhere(bucket)
    if owner == ANOTHER:
        return None if _everybody_may(account, call, bucket, key) else _elsewhere(bucket)
    match call.action:
        case "GetBucketPolicyStatus" if isinstance(bucket.policy, str):
            return _status(is_public(bucket.policy) is True)
        case "GetObject" if "s3:ListBucket" in account.denied and isinstance(bucket.objects[key], Absent):
            # Who may not list a bucket does not learn what is not in it:
            # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
            return s3_error(403, "AccessDenied", "Access Denied")
        case "PutBucketOwnershipControls" if request.method == "PUT":
            return buckets.ownership_refusal(bucket, request)
        case "PutBucketPolicy":
            return _policy_refusal(account, bucket, request)
        case "PutObject" | "PutObjectAcl" | "PutBucketAcl":
            return _acl_refusal(account, bucket, call, request)
        case _:
            return None


def _listing(account: Account) -> Response:
    """The account's own buckets; where they are is told by each of them."""
    names = (name for name in state.bucket_names(account.id) if name not in account.foreign)
    made = "2024-01-01T00:00:00.000Z"
    buckets = "".join(f"<Bucket>{xml({'Name': name, 'CreationDate': made})}</Bucket>" for name in names)
    return _document(
        "ListAllMyBucketsResult", f"<Owner><ID>{account.id}</ID></Owner><Buckets>{buckets}</Buckets>"
    )


def _status(public: bool) -> Response:
    return _document("PolicyStatus", f"<IsPublic>{str(public).lower()}</IsPublic>")


def _document(name: str, inner: str) -> Response:
    body = f'<{name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{inner}</{name}>'
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}', 200, content_type="application/xml")


def _everybody_may(account: Account, call: Call, bucket: Bucket, key: str) -> bool:
    """What another account's bucket lets everyone do, its own account's people and ours included."""
    action = "s3:ListBucket" if call.action == "ListBucket" else f"s3:{call.action}"
    place = Location(bucket.name, bucket.region, key, "path", account.partition)
    return isinstance(may(bucket, _NO_BLOCK, place, action, key), Allowed)


def _elsewhere(bucket: Bucket) -> Response:
    """Where a bucket is S3 tells everyone who is signed in, whose it is nobody."""
    answer = s3_error(403, "AccessDenied", "Access Denied")
    answer.headers["x-amz-bucket-region"] = bucket.region
    return answer


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
