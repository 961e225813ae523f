"""The documents are encrypted so that strangers can read them.

## Why it matters
An object that is encrypted with a key of KMS can be read by nobody who does not sign the request, whatever
the bucket policy says. STS does not sign. S3 answers 400 InvalidArgument,
`Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.`,
and STS `Couldn't retrieve verification key from your identity provider`. With credentials, the AWS CLI
among them, the same object reads well.

## How to fix
Upload the document again with `--sse AES256` (SSE-S3), which encrypts it too.

## References
- https://repost.aws/knowledge-center/s3-kms-signature-version-error
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""

from collections.abc import Iterator
from typing import Annotated

from keystone_check.model.aws import Bucket, Encryption, StoredObject
from keystone_check.model.change import PutDocument
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    broken,
    gap,
    holds,
)

severity = Severity.CRITICAL


def judge(bucket: Annotated[Bucket, "objects", "absence"]) -> Iterator[Finding]:
    """One finding for each document."""
    for key, stored in bucket.objects:
        if isinstance(stored, Absent | Missing):
            yield gap(key, stored)
        elif stored.encryption.startswith("aws:kms"):
            yield _locked(bucket, key, stored)
        else:
            yield holds(key)


def _locked(bucket: Bucket, key: str, stored: StoredObject) -> Finding:
    return broken(
        key,
        f"the object {key} is encrypted with {stored.encryption}, so nobody can read it without signing",
        Evidence("s3:GetObject", "AES256", stored.encryption),
        _repair(bucket, key, stored),
    )


def _repair(bucket: Bucket, key: str, stored: StoredObject) -> Repair | None:
    """The same text once more; None where nobody can read it: then it is published anew."""
    if isinstance(stored.body, Missing):
        return None
    kind, how = stored.content_type, Encryption(stored.encryption, stored.encryption_key)
    change = PutDocument(
        bucket.name,
        bucket.region,
        key,
        stored.body,
        stored.body,
        kind or "application/json",
        kind,
        encryption_before=how,
    )
    return Repair(
        "upload the document with SSE-S3",
        Safety.SAFE,
        "the same text, which is meant for everyone, without the key of KMS",
        (change,),
    )
