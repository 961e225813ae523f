"""What a repair makes anew, and what unmakes it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CreateProvider:
    """Create an IAM OIDC provider; there was none."""

    arn: str
    url: str
    """With `https://`, as iam:CreateOpenIDConnectProvider takes it."""
    client_ids: tuple[str, ...]
    thumbprints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeleteProvider:
    """Delete an IAM OIDC provider that stands there with exactly these settings: what undoes its creation."""

    arn: str
    url: str
    client_ids: tuple[str, ...]
    thumbprints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CreateRole:
    """Create an IAM role with this trust policy and no permissions; there was none of its name."""

    arn: str
    trust: str


@dataclass(frozen=True, slots=True)
class DeleteRole:
    """Delete a role that has this trust policy still and no permissions: what undoes its creation."""

    arn: str
    trust: str


@dataclass(frozen=True, slots=True)
class CreateBucket:
    """Create a bucket, as S3 makes them: shut to strangers, without ACLs, encrypted by S3's own key."""

    bucket: str
    region: str


@dataclass(frozen=True, slots=True)
class DeleteBucket:
    """Delete a bucket that is empty: what undoes its creation."""

    bucket: str
    region: str
