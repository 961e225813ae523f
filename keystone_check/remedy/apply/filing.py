"""A report into a bucket, where `--merge` finds it."""

from keystone_check.bucket_address import place
from keystone_check.model.access import Access
from keystone_check.probes.asks import AwsAsk
from keystone_check.probes.aws import Aws, translated

PUT_RESULT = AwsAsk("s3", "PutObject", "s3:PutObject")
TYPES = {"json": "application/json", "html": "text/html; charset=utf-8"}


def file(access: Access, address: str, content: bytes, format: str) -> None:
    """Write it, in place of what stood there; the object is whole or not there. Raises ReadError."""
    at = place(address)
    aws = Aws(access)
    with translated(f"{PUT_RESULT.name} {address}", PUT_RESULT.action, access):
        aws.client(PUT_RESULT.service).put_object(
            Bucket=at.bucket,
            Key=at.key,
            Body=content,
            ContentType=TYPES.get(format, "text/plain; charset=utf-8"),
        )
