"""What S3 answers to a stranger who asks for an object."""

import base64
import hashlib
from xml.sax.saxutils import escape

from keystone_check.iam.bucket_policy import (
    GET_OBJECT,
    anonymous_request,
    document_policy,
    documents,
    is_public,
    of_other_issuers,
    opened_beyond,
    opens,
)
from keystone_check.iam.evaluate import Allowed, Decision, Denied, Undecided, decide
from keystone_check.iam.language import Effect, PolicyKind, Principals, Statement
from keystone_check.iam.policy import read
from keystone_check.iam.s3_address import Location, locate, object_key, split, suffix_of
from keystone_check.model.aws import Bucket, PublicAccessBlock
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.web import Response

__all__ = [
    "Location",
    "acls_count",
    "anonymous_get",
    "document_policy",
    "documents",
    "is_public",
    "locate",
    "object_key",
    "of_other_issuers",
    "opened_beyond",
    "opens",
]

Block = PublicAccessBlock | Absent | Missing
_ABOUT = {
    "NoSuchBucket": "BucketName",
    "NoSuchKey": "Key",
    "PermanentRedirect": "Bucket",
    "InvalidArgument": "ArgumentName",
}
_BY_OBJECT_ACL = frozenset({"s3:GetObject", "s3:PutObjectAcl"})
_BY_BUCKET_ACL = {"s3:ListBucket": "READ", "s3:PutObject": "WRITE", "s3:DeleteObject": "WRITE"}
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html"""


def anonymous_get(bucket: Bucket | Absent, account: Block, url: str) -> Response | Undecided:
    """The answer to an anonymous GET, as a function of the bucket alone.

    1. No such bucket: 404.
    2. The host names another region than the bucket's: 301, without a Location.
    3. The policy is public and a public access block, of the bucket or the account, restricts: 403.
    4. The policy does not let everyone get the object, and no ACL can: 403.
    5. The object is there: 200 and the object.
       Encrypted with a key of KMS it is nobody's who does not sign: 400.
    6. It is not: 404 to those who may list the bucket, 403 to everybody else.

    Undecided where a fact that decides is missing. The body of an error and its request id follow from
    the address, so that the same question has the same answer.
    """
    location, parts = locate(url), split(url)
    if location is None or parts is None:
        return Undecided((f"{url} is not an address of S3",))
    if isinstance(bucket, Absent):  # 1
        return _error(url, 404, "NoSuchBucket", "The specified bucket does not exist", location.bucket)
    if location.bucket != bucket.name:
        return Undecided((f"{url} names another bucket than {bucket.name}, which was read",))
    if parts.query:
        return Undecided((f"what S3 answers to the query of {url} is not modelled",))
    if _elsewhere(location, bucket):  # 2
        return _redirect(url, bucket, location)
    key, secure = object_key(location, url), parts.scheme == "https"
    return _answer(bucket, account, location, key, secure, url)


def _answer(
    bucket: Bucket, account: Block, location: Location, key: str, secure: bool, url: str
) -> Response | Undecided:
    action = GET_OBJECT if key else "s3:ListBucket"
    match may(bucket, account, location, action, key, secure):  # 3, 4
        case Denied():
            return _error(url, 403, "AccessDenied", "Access Denied")
        case Undecided() as undecided:
            return undecided
        case Allowed() if not key:
            return Undecided((f"the listing of bucket {bucket.name} is not modelled",))
    stored = bucket.objects[key]
    if isinstance(stored, Missing):
        return Undecided((stored,))
    if not isinstance(stored, Absent) and stored.encryption.startswith("aws:kms"):  # 5
        return _unsigned(url)
    if not isinstance(stored, Absent):
        return _response(url, 200, stored.content_type, stored.body)
    match may(bucket, account, location, "s3:ListBucket", "", secure):  # 6
        case Allowed():
            return _error(url, 404, "NoSuchKey", "The specified key does not exist.", key)
        case Denied():
            return _error(url, 403, "AccessDenied", "Access Denied")
        case Undecided() as undecided:
            return undecided


def may(
    bucket: Bucket, account: Block, location: Location, action: str, key: str, secure: bool = True
) -> Decision:
    """Whether a stranger may do something to the bucket, or to one of its objects."""
    if isinstance(bucket.policy, Missing):
        return Undecided((bucket.policy,))
    resource = f"arn:{location.partition}:s3:::{bucket.name}{'/' if key else ''}{key}"
    request = anonymous_request(action, resource, secure, bucket.region)
    if isinstance(bucket.policy, Absent):
        return _by_acl(Denied(None), bucket, account, action)
    reading = read(bucket.policy, PolicyKind.RESOURCE)
    decision = decide((reading,), request)
    match decision:
        case Denied(statement) if statement is not None and statement.effect is Effect.DENY:
            return decision
        case Denied():
            return _by_acl(decision, bucket, account, action)
        case Allowed() | Undecided():
            return _restricted(decision, bucket, account)


def _restricted(decision: Decision, bucket: Bucket, account: Block) -> Decision:
    """RestrictPublicBuckets shuts strangers out of a bucket whose policy is public."""
    public = is_public(bucket.policy) if isinstance(bucket.policy, str) else False
    if public is False or isinstance(public, Undecided):
        return decision
    blocks = (bucket.public_access, account)
    if any(isinstance(block, PublicAccessBlock) and block.restrict_public_buckets for block in blocks):
        return Denied(None)
    unseen = tuple(block for block in blocks if isinstance(block, Missing))
    return Undecided(unseen) if unseen and isinstance(decision, Allowed) else decision


def acls_count(bucket: Bucket, account: Block) -> bool:
    """Whether an ACL that grants to strangers has any effect: they can be switched off, and ignored."""
    blocks = (bucket.public_access, account)
    ignored = any(isinstance(block, PublicAccessBlock) and block.ignore_public_acls for block in blocks)
    return bucket.ownership != "BucketOwnerEnforced" and not ignored


def _by_acl(decision: Denied, bucket: Bucket, account: Block, action: str) -> Decision:
    """What no policy allows an ACL may, unless ACLs are switched off or ignored."""
    if not acls_count(bucket, account):
        return decision
    if isinstance(bucket.grants, tuple) and action in _BY_BUCKET_ACL:
        permissions = {grant.permission for grant in bucket.grants if grant.grantee == "AllUsers"}
        granted = permissions & {_BY_BUCKET_ACL[action], "FULL_CONTROL"}
        facts = (bucket.ownership, bucket.public_access, account)
        unseen = tuple(fact for fact in facts if isinstance(fact, Missing))
        return (Undecided(unseen) if unseen else Allowed(_granting(action))) if granted else decision
    if action not in _BY_OBJECT_ACL:
        return decision if action not in _BY_BUCKET_ACL else Undecided(_unread(bucket))
    return Undecided(("no policy opens it, ACLs are in force here, and they were not read",))


def _elsewhere(location: Location, bucket: Bucket) -> bool:
    """The global host finds a bucket by its name, but not by a path, where it stands for us-east-1."""
    if not location.region and location.style == "virtual-host":
        return False
    return bool(bucket.region) and (location.region or "us-east-1") != bucket.region


def _redirect(url: str, bucket: Bucket, location: Location) -> Response:
    suffix = suffix_of(location.partition)
    message = (
        "The bucket you are attempting to access must be addressed using the specified endpoint. "
        "Please send all future requests to this endpoint."
    )
    endpoint = f"{bucket.name}.s3.{bucket.region}.{suffix}"
    return _error(url, 301, "PermanentRedirect", message, bucket.name, endpoint)


def _granting(action: str) -> Statement:
    """A line of an ACL as the statement that it amounts to."""
    return Statement("access control list", "", Effect.ALLOW, (action,), (), Principals(aws=("*",)))


def _unread(bucket: Bucket) -> tuple[Missing, ...]:
    return (bucket.grants,) if isinstance(bucket.grants, Missing) else ()


def _unsigned(url: str) -> Response:
    """https://repost.aws/knowledge-center/s3-kms-signature-version-error; the body as in
    https://github.com/pottava/aws-s3-proxy/issues/46"""
    message = (
        "Requests specifying Server Side Encryption with AWS KMS managed keys "
        "require AWS Signature Version 4."
    )
    return _error(url, 400, "InvalidArgument", message, "Authorization")


def _error(url: str, status: int, code: str, message: str, name: str = "", endpoint: str = "") -> Response:
    """S3's error document: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""
    digest = hashlib.sha256(url.encode()).digest()
    about = _ABOUT.get(code, "")
    members = {
        "Code": code,
        "Message": message,
        "Endpoint": endpoint,
        about: name,
        "ArgumentValue": "null" if code == "InvalidArgument" else "",
        "RequestId": digest.hex()[:16].upper(),
        "HostId": base64.b64encode(digest + digest[:24]).decode(),
    }
    inner = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in members.items() if tag and text)
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'
    return _response(url, status, "application/xml", body)


def _response(url: str, status: int, content_type: str, body: str | Missing) -> Response:
    size = 0 if isinstance(body, Missing) else len(body.encode())
    headers = (("content-type", content_type),) if content_type else ()
    return Response(url, status, headers, body, size)
