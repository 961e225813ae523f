"""How S3 makes a bucket since April 2023, and what it asks of one whose ACLs are disabled."""

import re

from werkzeug.wrappers import Request, Response

from keystone_check.model.aws import Bucket
from keystone_check.model.facts import Absent
from keystone_check.sandbox.aws import state
from keystone_check.sandbox.aws.account import Account
from keystone_check.sandbox.aws.replies import s3_error

_ENFORCED = "BucketOwnerEnforced"
_TAKEN = (
    "The requested bucket name is not available. The bucket namespace is shared by all users of the "
    "system. Specify a different name and try again."
)
_LOCATION = re.compile(r"<LocationConstraint[^>]*>([^<]+)<")


def create(account: Account, name: str, there: Bucket | Absent, request: Request) -> Response:
    """Shut to strangers, without ACLs, encrypted by S3's own key.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html and, for the answers,
    https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    """
    if isinstance(there, Bucket) and name in account.foreign:
        return s3_error(409, "BucketAlreadyExists", _TAKEN)
    if isinstance(there, Bucket):
        said = "The bucket that you tried to create already exists, and you own it."
        return s3_error(409, "BucketAlreadyOwnedByYou", said)
    named = _LOCATION.search(request.get_data(cache=True, as_text=True))
    region = named[1] if named else "us-east-1"
    if region == "us-east-1" and named:
        said = "The specified location-constraint is not valid"
        return s3_error(400, "InvalidLocationConstraint", said)
    ownership = request.headers.get("x-amz-object-ownership", _ENFORCED)
    state.make_bucket(account.id, name, region, ownership)
    return Response("", 200, headers={"Location": f"/{name}"})


def ownership_refusal(bucket: Bucket, request: Request) -> Response | None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-error-responses.html"""
    if _ENFORCED in request.get_data(cache=True, as_text=True) and bucket.grants:
        said = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
        return s3_error(400, "InvalidBucketAclWithObjectOwnership", said)
    return None
