"""What a repair would write: a closed union of frozen values (address, before, after)."""

from dataclasses import dataclass, replace
from typing import assert_never

from keystone_check.model.aws import Encryption, Grant, PublicAccessBlock
from keystone_check.model.creation import (
    CreateBucket,
    CreateProvider,
    CreateRole,
    DeleteBucket,
    DeleteProvider,
    DeleteRole,
)
from keystone_check.model.grant import SetRolePolicy
from keystone_check.model.selector import SetNamespaceSelector
from keystone_check.model.workload import RestartWorkload

SSE_S3 = Encryption("AES256")
"""What a document is uploaded with: strangers cannot read what a key of KMS encrypts."""


@dataclass(frozen=True, slots=True)
class SetClientIds:
    """Add and remove client ids of a provider until they are `after`."""

    provider_arn: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetThumbprints:
    """Replace a provider's whole list of thumbprints."""

    provider_arn: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PutDocument:
    """Write one object of the issuer's bucket. `before` is None when there is no such object.

    To undo an upload, `after` is None: the object is deleted.
    """

    bucket: str
    region: str
    key: str
    before: str | None
    after: str | None
    content_type: str
    content_type_before: str = ""
    encryption: Encryption = SSE_S3
    encryption_before: Encryption = SSE_S3


@dataclass(frozen=True, slots=True)
class SetBucketPublicAccess:
    """Set the bucket's own public access block. None stands for having none."""

    bucket: str
    region: str
    before: PublicAccessBlock | None
    after: PublicAccessBlock | None


@dataclass(frozen=True, slots=True)
class SetAccountPublicAccess:
    """Set the account's public access block. It guards every bucket of the account. None: it has none."""

    account: str
    region: str
    before: PublicAccessBlock | None
    after: PublicAccessBlock | None


@dataclass(frozen=True, slots=True)
class SetBucketPolicy:
    """Write the bucket's policy. None stands for having none."""

    bucket: str
    region: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class SetOwnership:
    """Set the bucket's object ownership. None stands for having no ownership controls."""

    bucket: str
    region: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class SetAcl:
    """Set what the bucket's ACL grants to others than its owner."""

    bucket: str
    region: str
    before: tuple[Grant, ...]
    after: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class SetDefaultEncryption:
    """Set how S3 encrypts an upload that does not say."""

    bucket: str
    region: str
    before: Encryption
    after: Encryption


@dataclass(frozen=True, slots=True)
class SetSessionDuration:
    """Set how many seconds a session of a role may last."""

    role_arn: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class SetTrustPolicy:
    """Write a role's trust policy."""

    role_arn: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SetAnnotation:
    """Write one annotation of a service account. None stands for having none."""

    namespace: str
    name: str
    annotation: str
    before: str | None
    after: str | None


Creation = CreateProvider | CreateRole | CreateBucket
Deletion = DeleteProvider | DeleteRole | DeleteBucket
BucketSetting = SetBucketPublicAccess | SetBucketPolicy | SetOwnership | SetAcl | SetDefaultEncryption
RoleSetting = SetTrustPolicy | SetSessionDuration | SetRolePolicy
Change = (
    Creation
    | Deletion
    | SetClientIds
    | SetThumbprints
    | PutDocument
    | SetAccountPublicAccess
    | BucketSetting
    | RoleSetting
    | SetAnnotation
    | SetNamespaceSelector
    | RestartWorkload
)


def address(change: Change) -> tuple[str, ...]:
    """What the change writes to; two changes of one plan never share it."""
    match change:
        case CreateProvider() | DeleteProvider():
            return ("provider", change.arn)
        case CreateRole() | DeleteRole():
            return ("role", change.arn)
        case CreateBucket() | DeleteBucket():
            return ("bucket", change.bucket)
        case SetClientIds():
            return ("client ids", change.provider_arn)
        case SetThumbprints():
            return ("thumbprints", change.provider_arn)
        case PutDocument():
            return ("object", change.bucket, change.key)
        case SetBucketPublicAccess():
            return ("public access block of bucket", change.bucket)
        case SetAccountPublicAccess():
            return ("public access block of account", change.account)
        case SetBucketPolicy():
            return ("bucket policy", change.bucket)
        case SetOwnership():
            return ("object ownership", change.bucket)
        case SetAcl():
            return ("access control list", change.bucket)
        case SetDefaultEncryption():
            return ("default encryption", change.bucket)
        case SetSessionDuration():
            return ("session duration", change.role_arn)
        case SetTrustPolicy():
            return ("trust policy", change.role_arn)
        case SetRolePolicy():
            return ("role policy", change.role_arn, change.name)
        case SetAnnotation():
            return ("annotation", f"{change.namespace}/{change.name}", change.annotation)
        case SetNamespaceSelector():
            return ("namespace selector", change.configuration, change.webhook)
        case RestartWorkload():
            return ("workload", change.namespace, change.kind, change.name)


def inverse(change: Change) -> Change | None:
    """The change that undoes this one: from what it wrote back to what stood there; None for a restart."""
    match change:
        case RestartWorkload():
            return None
        case CreateProvider(arn, url, client_ids, thumbprints):
            return DeleteProvider(arn, url, client_ids, thumbprints)
        case DeleteProvider(arn, url, client_ids, thumbprints):
            return CreateProvider(arn, url, client_ids, thumbprints)
        case CreateRole(arn, trust):
            return DeleteRole(arn, trust)
        case DeleteRole(arn, trust):
            return CreateRole(arn, trust)
        case CreateBucket(bucket, region):
            return DeleteBucket(bucket, region)
        case DeleteBucket(bucket, region):
            return CreateBucket(bucket, region)
        case PutDocument():
            return replace(
                change,
                before=change.after,
                after=change.before,
                content_type=change.content_type_before,
                content_type_before=change.content_type,
                encryption=change.encryption_before,
                encryption_before=change.encryption,
            )
        case SetClientIds() | SetThumbprints():
            return replace(change, before=change.after, after=change.before)
        case SetBucketPublicAccess() | SetAccountPublicAccess():
            return replace(change, before=change.after, after=change.before)
        case SetBucketPolicy() | SetAnnotation():
            return replace(change, before=change.after, after=change.before)
        case SetOwnership():
            return replace(change, before=change.after, after=change.before)
        case SetAcl():
            return replace(change, before=change.after, after=change.before)
        case SetDefaultEncryption():
            return replace(change, before=change.after, after=change.before)
        case SetTrustPolicy():
            return replace(change, before=change.after, after=change.before)
        case SetSessionDuration():
            return replace(change, before=change.after, after=change.before)
        case SetRolePolicy():
            return replace(change, before=change.after, after=change.before)
        case SetNamespaceSelector():
            return replace(change, before=change.after, after=change.before)
    assert_never(change)
