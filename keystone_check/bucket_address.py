"""`s3://BUCKET/KEY`, as the AWS CLI writes it."""

import re
from typing import NamedTuple

from keystone_check.errors import UsageError

SCHEME = "s3://"


class Place(NamedTuple):
    """In a bucket. A key that is empty or ends with a slash is a prefix."""

    bucket: str
    key: str


def is_bucket(name: str) -> bool:
    """Whether this is meant to be in a bucket."""
    return name.startswith(SCHEME)


def place(address: str) -> Place:
    """The bucket and the key of `s3://BUCKET/KEY`; UsageError for what is no such address."""
    bucket, _, key = address.removeprefix(SCHEME).partition("/")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", bucket):
        raise UsageError(f"{address} names no bucket", "write s3://BUCKET/PREFIX/")
    return Place(bucket, key)
