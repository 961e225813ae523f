"""What `--rehearse` is asked for."""

import re
from dataclasses import dataclass

from keystone_check.errors import UsageError
from keystone_check.iam.oidc import issuer_problem
from keystone_check.near import did_you_mean


@dataclass(frozen=True, slots=True)
class RotateKey:
    """A new key is to sign tokens."""

    kid: str = ""
    """The new key's id; empty where there is none yet, or the facts tell it."""


@dataclass(frozen=True, slots=True)
class ChangeIssuer:
    """Tokens are to name another issuer."""

    url: str


@dataclass(frozen=True, slots=True)
class MoveBucket:
    """The documents are to lie in another bucket."""

    name: str
    region: str = ""
    """Empty: that of the bucket of today."""


@dataclass(frozen=True, slots=True)
class RotateCertificate:
    """The issuer's host is to serve other certificates."""

    thumbprint: str = ""
    """SHA-1 of the last certificate that it will serve; empty where that is not known yet."""


Asked = RotateKey | ChangeIssuer | MoveBucket | RotateCertificate
NAMES = ("rotate-key", "change-issuer", "move-bucket", "rotate-certificate")
_BUCKET = re.compile(r"(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")


def read(text: str) -> Asked:
    """The rehearsal that a text names; UsageError where it names none."""
    name, _, value = text.partition("=")
    match name:
        case "rotate-key":
            return RotateKey(value)
        case "change-issuer":
            return ChangeIssuer(_issuer(value))
        case "move-bucket":
            return _bucket(value)
        case "rotate-certificate":
            return RotateCertificate(_thumbprint(value))
        case _:
            raise UsageError(f"there is no rehearsal {name!r}", did_you_mean(name, NAMES))


def _issuer(url: str) -> str:
    if problem := issuer_problem(url):
        hint = "--rehearse change-issuer=https://host/path, as the new tokens are to name it"
        raise UsageError(f"{url!r} is no issuer that AWS takes: {problem}", hint)
    return url


def _bucket(value: str) -> MoveBucket:
    name, _, region = value.partition(",")
    if not _BUCKET.fullmatch(name):
        hint = "3 to 63 of lower-case letters, digits, dots and hyphens: --rehearse move-bucket=NAME[,REGION]"
        raise UsageError(f"{name!r} is no name of a bucket", hint)
    if region and not _REGION.fullmatch(region):
        raise UsageError(f"{region!r} is no region", f"such as --rehearse move-bucket={name},eu-central-1")
    return MoveBucket(name, region)


def _thumbprint(value: str) -> str:
    said = value.replace(":", "").lower()
    if said and not re.fullmatch(r"[0-9a-f]{40}", said):
        raise UsageError(f"{value!r} is no thumbprint", "it is the SHA-1 of a certificate: 40 hex digits")
    return said
