"""The issuer's host name fits S3's certificate.

## Why it matters
The certificate of S3 covers `*.s3.REGION.amazonaws.com`, and a wildcard stands for one label. A bucket name
with a dot in it makes a host name of one label more (`my.bucket.s3.…`), for which TLS fails in every
client: `certificate is not valid for any names` or `Hostname/IP does not match certificate's altnames`. STS
says `Couldn't retrieve verification key from your identity provider`. The AWS CLI does not show it: for
such a name it uses the path-style address.

## How to fix
Use a bucket without dots in its name, or the path-style address `https://s3.REGION.amazonaws.com/BUCKET` as
the issuer. Either is a new issuer.

## References
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
"""

from collections.abc import Iterator

from keystone_check.iam.s3 import locate
from keystone_check.model.cluster import Issuer
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    broken,
    holds,
    not_applicable,
)

severity = Severity.CRITICAL


def judge(issuer: Issuer) -> Iterator[Finding]:
    """One finding, about the bucket's name."""
    place = locate(issuer.url)
    if place is None:
        yield not_applicable(issuer.url, "the issuer is not an S3 address")
    elif place.style == "path":
        yield holds(place.bucket, "the issuer is a path-style address, which any name suits")
    elif "." not in place.bucket:
        yield holds(place.bucket)
    else:
        yield broken(
            place.bucket,
            f"the bucket name {place.bucket} has a dot, so no certificate of S3 covers the issuer's host",
            Evidence(f"the issuer ({issuer.source})", "a bucket name without a dot", place.bucket),
            _repair(place.bucket),
        )


def _repair(bucket: str) -> Repair:
    return Repair(
        "use a bucket without dots in its name",
        Safety.MANUAL,
        "it is another issuer: API servers, provider and trust policies have to follow",
        steps=(
            f"aws s3 mb s3://{bucket.replace('.', '-')}, publish both documents there",
            "put the new issuer first on every API server (--service-account-issuer), the present one second",
            "create a provider for it and name it in the trust policies, then look again",
        ),
    )
