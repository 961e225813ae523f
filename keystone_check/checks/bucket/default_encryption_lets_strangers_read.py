"""The next upload is encrypted so that strangers can read it.

## Why it matters
A bucket whose default encryption is a key of KMS encrypts every upload with it that does not say otherwise.
The documents of today may be readable; the key set that is uploaded after the next key rotation is not, and
STS answers `Couldn't retrieve verification key from your identity provider` for new tokens and, once its
copy is gone, for all.

## How to fix
Set the bucket's default encryption to SSE-S3 (`AES256`), or upload the documents with `--sse AES256`
always.

## References
- https://repost.aws/knowledge-center/s3-kms-signature-version-error
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""

from collections.abc import Iterator
from typing import Annotated

from keystone_check.model.aws import Bucket, Encryption
from keystone_check.model.change import SSE_S3, SetDefaultEncryption
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

severity = Severity.HIGH


def judge(bucket: Annotated[Bucket, "default_encryption"]) -> Iterator[Finding]:
    """One finding, about the bucket."""
    match bucket.default_encryption:
        case Missing() as missing:
            yield blocked(bucket.name, missing)
        case Absent(because=because):
            yield holds(bucket.name, because)
        case Encryption(algorithm=algorithm) as how if algorithm.startswith("aws:kms"):
            yield broken(
                bucket.name,
                f"bucket {bucket.name} encrypts uploads with {algorithm}: strangers cannot read the next one",
                Evidence("s3:GetEncryptionConfiguration", "AES256", str(how)),
                _repair(bucket, how),
            )
        case _:
            yield holds(bucket.name)


def _repair(bucket: Bucket, before: Encryption) -> Repair:
    return Repair(
        "encrypt by default with SSE-S3",
        Safety.UNSAFE,
        "whatever else is uploaded to this bucket can then be read without the key of KMS",
        (SetDefaultEncryption(bucket.name, bucket.region, before, SSE_S3),),
    )
