"""Results that others left: JSON reports in files, in folders and under a prefix of a bucket."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keystone_check.bucket_address import Place, is_bucket, place
from keystone_check.errors import KeystoneError
from keystone_check.model.access import Access
from keystone_check.probes.asks import AwsAsk

if TYPE_CHECKING:  # boto3 is loaded for a bucket alone
    from keystone_check.probes.aws import Aws

LIST_RESULTS = AwsAsk("s3", "ListObjectsV2", "s3:ListBucket", "which results there are")
GET_RESULT = AwsAsk("s3", "GetObject", "s3:GetObject", "what they say")
LARGEST = 64 * 1024 * 1024
"""Bytes; a report of two thousand bindings has ten million."""

Found = tuple[str, bytes | KeystoneError]
"""Where it lies, and its content or why it could not be read."""


def results(name: str, access: Access) -> Iterator[Found]:
    """All that a file, a folder (each `*.json` below it) or `s3://BUCKET/PREFIX/` holds.

    KeystoneError where a bucket could not be listed.
    """
    if is_bucket(name):
        yield from _objects(place(name), access)
        return
    if Path(name).is_dir():
        yield from _below(name)
    else:
        yield name, _file(Path(name))


def _below(folder: str) -> Iterator[Found]:
    """By name; what lies in a folder that cannot be read may be a result, and is told."""
    shut: list[OSError] = []
    found = [
        Path(where, name)
        for where, _, names in os.walk(folder, onerror=shut.append, followlinks=False)
        for name in names
        if name.endswith(".json")
    ]
    yield from ((str(file), _file(file)) for file in sorted(found))
    for error in shut:
        told = KeystoneError(f"cannot be read: {error.strerror}", "let it be read, or take it away")
        yield str(error.filename), told


def _file(path: Path) -> bytes | KeystoneError:
    try:
        with path.open("rb") as stream:
            return _whole(stream.read(LARGEST + 1))
    except OSError as error:
        return KeystoneError(f"cannot be read: {error.strerror}", "name a file of --format json")


def _whole(content: bytes) -> bytes | KeystoneError:
    if len(content) > LARGEST:
        return KeystoneError(f"has more than {LARGEST >> 20} MiB", "it is no report, or of too much at once")
    return content


def _objects(at: Place, access: Access) -> Iterator[Found]:
    from keystone_check.probes.aws import Aws

    aws = Aws(access)
    keys = aws.pages(
        LIST_RESULTS,
        "NextContinuationToken",
        lambda page: [each["Key"] for each in page.get("Contents", ())],
        following="ContinuationToken",
        Bucket=at.bucket,
        Prefix=at.key,
    )
    for key in [key for key in keys if key.endswith(".json")]:
        yield f"s3://{at.bucket}/{key}", _object(aws, at.bucket, key)


def _object(aws: "Aws", bucket: str, key: str) -> bytes | KeystoneError:
    from keystone_check.probes.refusals import ReadError

    def whole(answer: dict[str, Any]) -> bytes | KeystoneError:
        return _whole(answer["Body"].read(LARGEST + 1))

    try:
        return aws.read(GET_RESULT, key, "", whole, Bucket=bucket, Key=key)
    except ReadError as refusal:
        return refusal
