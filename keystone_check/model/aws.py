"""What is read from AWS: the caller, the issuer's bucket, OIDC providers and roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from keystone_check.model.facts import Absent, Missing, Subjects

_UNSEEN = Missing("", "nobody looked")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks AWS (sts:GetCallerIdentity)."""

    arn: str
    account: str
    region: str

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn`, `aws-us-gov`: the second part of every ARN of this account."""
        return self.arn.split(":")[1] if self.arn.count(":") >= 5 else "aws"


@dataclass(frozen=True, slots=True)
class PublicAccessBlock:
    """The four settings of S3 Block Public Access, at one level."""

    block_public_acls: bool
    ignore_public_acls: bool
    block_public_policy: bool
    restrict_public_buckets: bool


@dataclass(frozen=True, slots=True)
class Encryption:
    """How S3 encrypts an object."""

    algorithm: str
    """`AES256`, `aws:kms` or `aws:kms:dsse`; empty where S3 does not say."""
    key: str = ""
    """The key of KMS; empty: S3's own, or the one that KMS keeps for S3."""
    bucket_key: bool = False
    """Whether KMS is asked once for the bucket instead of once for each object."""

    def __str__(self) -> str:
        return f"{self.algorithm} with {self.key}" if self.key else self.algorithm


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object of the issuer's bucket, read with credentials."""

    body: str | Missing
    content_type: str
    encryption: str = ""
    """`AES256`, `aws:kms` or `aws:kms:dsse`, as S3 says beside the object; empty where it says nothing."""
    encryption_key: str = ""
    """The key of KMS, as S3 says beside the object."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One line of an ACL."""

    grantee: str
    """`AllUsers`, `AuthenticatedUsers`, or the id of an account as S3 writes it."""
    permission: str
    """`READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The bucket that the issuer's address names."""

    name: str
    region: str
    public_access: PublicAccessBlock | Absent | Missing
    """Absent: nothing is blocked at the bucket's level."""
    ownership: str | Absent | Missing
    """`BucketOwnerEnforced`, `BucketOwnerPreferred` or `ObjectWriter`."""
    policy: str | Absent | Missing
    """The policy document's text, as stored."""
    objects: Subjects[StoredObject] = field(default_factory=Subjects)
    """The two documents, by key."""
    policy_is_public: bool | Absent | Missing = _UNSEEN
    """S3's own word on the policy (GetBucketPolicyStatus). Absent: there is no policy."""
    default_encryption: Encryption | Absent | Missing = _UNSEEN
    """How S3 encrypts an upload that does not say."""
    grants: tuple[Grant, ...] | Missing = _UNSEEN
    """What the bucket's ACL grants to others than its owner."""
    tags: Mapping[str, str] | Absent | Missing = _UNSEEN
    """Those that tell what manages it (`model.owner`). Absent: it has no tags at all."""


@dataclass(frozen=True, slots=True)
class Provider:
    """An IAM OIDC identity provider."""

    arn: str
    url: str
    """As IAM gives it: without `https://`."""
    client_ids: tuple[str, ...]
    thumbprints: tuple[str, ...]
    created: int | Missing = _UNSEEN
    """Unix seconds."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Those that tell what manages it (`model.owner`)."""


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role as far as assuming it goes."""

    arn: str
    trust: str
    """The trust policy's text, as stored."""
    max_session_seconds: int = 3600
    boundary: str = ""
    """The ARN of its permissions boundary. Empty: none, or read from a listing, which does not tell."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Those that tell what manages it (`model.owner`). A listing does not tell them."""
