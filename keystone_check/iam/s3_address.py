"""The addresses under which S3 serves a bucket.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

_SUFFIXES = {"amazonaws.com": "aws", "amazonaws.com.cn": "aws-cn", "amazonaws.eu": "aws-eusc"}
_HOST = re.compile(
    r"(?:(?P<bucket>[a-z0-9][a-z0-9._-]{1,61}[a-z0-9])\.)?"
    r"s3(?P<fips>-fips)?(?:(?P<dualstack>\.dualstack)?[.-](?P<region>[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}))?"
    r"\.(?P<suffix>amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu)"
)


@dataclass(frozen=True, slots=True)
class Location:
    """What an S3 address names."""

    bucket: str
    region: str
    """Empty for the legacy global host, which names none."""
    key: str
    """The address's path without the bucket and the slash before it, percent-decoded."""
    style: str
    """`virtual-host` or `path`."""
    partition: str

    @property
    def prefix(self) -> str:
        """The key without slashes at its ends: what the keys of an issuer's documents start with."""
        return self.key.strip("/")


def locate(url: str) -> Location | None:
    """The bucket that an https or http address names; None when it is not an address of S3."""
    parts = split(url)
    host = _HOST.fullmatch((parts.hostname or "").lower()) if parts else None
    if parts is None or host is None or parts.scheme not in ("https", "http"):
        return None
    path = parts.path.removeprefix("/")
    bucket, style = host["bucket"], "virtual-host"
    if not bucket:
        bucket, _, path = path.partition("/")
        style = "path"
    if not bucket:
        return None
    region = host["region"] or ""
    partition = partition_of(region) if region else _SUFFIXES[host["suffix"]]
    return Location(unquote(bucket), region, unquote(path), style, partition)


def object_key(location: Location, url: str) -> str:
    """The key that an address asks for; empty when it names the bucket itself or lies elsewhere."""
    found = locate(url)
    return found.key if found and found.bucket == location.bucket else ""


def partition_of(region: str) -> str:
    """The second part of the ARNs of a region's resources."""
    prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}
    return next((name for start, name in prefixes.items() if region.startswith(start)), "aws")


_OTHER_FORMS = {
    "accelerate": re.compile(r"[a-z0-9][a-z0-9-]+\.s3-accelerate(\.dualstack)?\.amazonaws\.com"),
    "website": re.compile(r".+\.s3-website[.-][a-z0-9-]+\.amazonaws\.com(\.cn)?"),
}


def host_form(url: str) -> str:
    """Which of S3's hosts an address has; empty when none.

    `regional`, `dualstack`, `fips`, `global` (no region), `dash` (`s3-REGION`), `accelerate`, `website`.
    """
    parts = split(url)
    name = (parts.hostname or "").lower() if parts else ""
    host = _HOST.fullmatch(name)
    if host is None:
        return next((form for form, host in _OTHER_FORMS.items() if host.fullmatch(name)), "")
    if not host["region"]:
        return "global"
    if host["dualstack"] or host["fips"]:
        return "dualstack" if host["dualstack"] else "fips"
    return "dash" if f"s3-{host['region']}" in name else "regional"


def suffix_of(partition: str) -> str:
    """What the host names of a partition's services end in."""
    return next((suffix for suffix, name in _SUFFIXES.items() if name == partition), "amazonaws.com")


def split(url: str) -> SplitResult | None:
    """The parts of an address; None when it has none."""
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.hostname else None
    except ValueError:  # brackets, port
        return None
