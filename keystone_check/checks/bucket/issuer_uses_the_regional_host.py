"""The issuer is the regional address of its bucket.

## Why it matters
Some addresses of S3 work today and not always. The global host `s3.amazonaws.com` names no region: a
path-style address outside us-east-1 is answered with 301, one of a new bucket with `307 TemporaryRedirect`,
and nobody documents that STS follows either. `s3-REGION.amazonaws.com` exists for old regions only. An
accelerated address stops with the bucket's acceleration. A website endpoint (`s3-website`) has no https, so
it can be no issuer at all.

## How to fix
Use `https://BUCKET.s3.REGION.amazonaws.com` or `https://s3.REGION.amazonaws.com/BUCKET`. It is another
issuer: plan it as a migration, with the new one first and the old one second on the API servers.

## References
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
- https://docs.aws.amazon.com/general/latest/gr/s3.html
"""

from collections.abc import Iterator

from keystone_check.iam.s3_address import host_form
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

severity = Severity.MEDIUM


WRONG = {
    "global": "is the global host, which names no region and may redirect",
    "dash": "has a dash before the region, a form that exists for old regions only",
    "accelerate": "is an accelerated address, which stops with the bucket's acceleration",
    "website": "is a website endpoint, which has no https",
}


def judge(issuer: Issuer) -> Iterator[Finding]:
    """One finding, about the issuer."""
    form = host_form(issuer.url)
    if not form:
        yield not_applicable(issuer.url, "the issuer is not an S3 address")
    elif form not in WRONG:
        yield holds(issuer.url, "" if form == "regional" else f"it is the {form} address of its region")
    else:
        yield broken(
            issuer.url,
            f"the host of {issuer.url} {WRONG[form]}",
            Evidence(f"the issuer ({issuer.source})", "BUCKET.s3.REGION.amazonaws.com", f"{form} host"),
            _repair(),
        )


def _repair() -> Repair:
    return Repair(
        "migrate to the regional address",
        Safety.MANUAL,
        "it is another issuer: API servers, provider and trust policies have to follow",
        steps=(
            "publish a discovery document that names the regional address, beside the present one",
            "create a provider for it, and name it in the trust policies beside the present one",
            "put it first on every API server (--service-account-issuer), the present one second",
        ),
    )
