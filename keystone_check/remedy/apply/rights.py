"""What a change asks of AWS and the API server: the requests are made from these values."""

from collections.abc import Iterable
from typing import assert_never

from keystone_check.iam.s3_address import partition_of
from keystone_check.model.change import (
    Change,
    PutDocument,
    SetAccountPublicAccess,
    SetAcl,
    SetAnnotation,
    SetBucketPolicy,
    SetBucketPublicAccess,
    SetClientIds,
    SetDefaultEncryption,
    SetOwnership,
    SetSessionDuration,
    SetThumbprints,
    SetTrustPolicy,
)
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
from keystone_check.probes import rights
from keystone_check.probes.operator_rights import GET_ROLE_POLICY
from keystone_check.probes.rights import AwsAsk, KubeAsk

CREATE_PROVIDER = AwsAsk("iam", "CreateOpenIDConnectProvider", "iam:CreateOpenIDConnectProvider")
DELETE_PROVIDER = AwsAsk("iam", "DeleteOpenIDConnectProvider", "iam:DeleteOpenIDConnectProvider")
ADD_CLIENT_ID = AwsAsk("iam", "AddClientIDToOpenIDConnectProvider", "iam:AddClientIDToOpenIDConnectProvider")
REMOVE_CLIENT_ID = AwsAsk(
    "iam", "RemoveClientIDFromOpenIDConnectProvider", "iam:RemoveClientIDFromOpenIDConnectProvider"
)
UPDATE_THUMBPRINTS = AwsAsk(
    "iam", "UpdateOpenIDConnectProviderThumbprint", "iam:UpdateOpenIDConnectProviderThumbprint"
)
UPDATE_TRUST = AwsAsk("iam", "UpdateAssumeRolePolicy", "iam:UpdateAssumeRolePolicy")
PUT_ROLE_POLICY = AwsAsk("iam", "PutRolePolicy", "iam:PutRolePolicy")
DELETE_ROLE_POLICY = AwsAsk("iam", "DeleteRolePolicy", "iam:DeleteRolePolicy")
CREATE_ROLE = AwsAsk("iam", "CreateRole", "iam:CreateRole")
DELETE_ROLE = AwsAsk("iam", "DeleteRole", "iam:DeleteRole")
UPDATE_ROLE = AwsAsk("iam", "UpdateRole", "iam:UpdateRole")
CREATE_BUCKET = AwsAsk("s3", "CreateBucket", "s3:CreateBucket")
DELETE_BUCKET = AwsAsk("s3", "DeleteBucket", "s3:DeleteBucket")
PUT_BUCKET_OWNERSHIP = AwsAsk("s3", "PutBucketOwnershipControls", "s3:PutBucketOwnershipControls")
DELETE_BUCKET_OWNERSHIP = AwsAsk("s3", "DeleteBucketOwnershipControls", "s3:PutBucketOwnershipControls")
PUT_BUCKET_ACL = AwsAsk("s3", "PutBucketAcl", "s3:PutBucketAcl")
PUT_BUCKET_ENCRYPTION = AwsAsk("s3", "PutBucketEncryption", "s3:PutEncryptionConfiguration")
PUT_OBJECT = AwsAsk("s3", "PutObject", "s3:PutObject")
DELETE_OBJECT = AwsAsk("s3", "DeleteObject", "s3:DeleteObject")
PUT_BUCKET_PUBLIC_ACCESS = AwsAsk("s3", "PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock")
PUT_BUCKET_POLICY = AwsAsk("s3", "PutBucketPolicy", "s3:PutBucketPolicy")
DELETE_BUCKET_POLICY = AwsAsk("s3", "DeleteBucketPolicy", "s3:DeleteBucketPolicy")
DELETE_BUCKET_PUBLIC_ACCESS = AwsAsk("s3", "DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock")
DELETE_ACCOUNT_PUBLIC_ACCESS = AwsAsk(
    "s3control", "DeletePublicAccessBlock", "s3:PutAccountPublicAccessBlock"
)
PUT_ACCOUNT_PUBLIC_ACCESS = AwsAsk("s3control", "PutPublicAccessBlock", "s3:PutAccountPublicAccessBlock")
PATCH_ACCOUNT = KubeAsk("patch", "serviceaccounts")
GET_WEBHOOK = KubeAsk("get", "mutatingwebhookconfigurations", "admissionregistration.k8s.io")
PATCH_WEBHOOK = KubeAsk("patch", "mutatingwebhookconfigurations", "admissionregistration.k8s.io")


def needed(change: Change) -> tuple[AwsAsk | KubeAsk, ...]:
    """What applying the change asks for: reading what stands there, then writing."""
    match change:
        case CreateProvider():
            return rights.GET_PROVIDER, CREATE_PROVIDER
        case DeleteProvider():
            return rights.GET_PROVIDER, DELETE_PROVIDER
        case CreateRole():
            return rights.GET_ROLE, CREATE_ROLE
        case DeleteRole():
            return rights.GET_ROLE, DELETE_ROLE
        case CreateBucket():
            return rights.FIND_BUCKET, CREATE_BUCKET, PUT_BUCKET_OWNERSHIP
        case DeleteBucket():
            return rights.FIND_BUCKET, DELETE_BUCKET
        case SetClientIds():
            added = (ADD_CLIENT_ID,) if set(change.after) - set(change.before) else ()
            removed = (REMOVE_CLIENT_ID,) if set(change.before) - set(change.after) else ()
            return rights.GET_PROVIDER, *added, *removed
        case SetThumbprints():
            return rights.GET_PROVIDER, UPDATE_THUMBPRINTS
        case PutDocument():
            write = DELETE_OBJECT if change.after is None else PUT_OBJECT
            return rights.GET_OBJECT, rights.OBJECT_ABSENCE, write
        case SetBucketPublicAccess():
            return rights.BUCKET_PUBLIC_ACCESS, PUT_BUCKET_PUBLIC_ACCESS
        case SetAccountPublicAccess():
            return rights.ACCOUNT_PUBLIC_ACCESS, PUT_ACCOUNT_PUBLIC_ACCESS
        case SetBucketPolicy():
            write = DELETE_BUCKET_POLICY if change.after is None else PUT_BUCKET_POLICY
            return rights.BUCKET_POLICY, write
        case SetOwnership():
            return rights.BUCKET_OWNERSHIP, PUT_BUCKET_OWNERSHIP
        case SetAcl():
            return rights.BUCKET_ACL, PUT_BUCKET_ACL
        case SetDefaultEncryption():
            return rights.BUCKET_ENCRYPTION, PUT_BUCKET_ENCRYPTION
        case SetTrustPolicy():
            return rights.GET_ROLE, UPDATE_TRUST
        case SetSessionDuration():
            return rights.GET_ROLE, UPDATE_ROLE
        case SetRolePolicy():
            return GET_ROLE_POLICY, DELETE_ROLE_POLICY if change.after is None else PUT_ROLE_POLICY
        case SetAnnotation():
            return rights.GET_ACCOUNT, PATCH_ACCOUNT
        case SetNamespaceSelector():
            return GET_WEBHOOK, PATCH_WEBHOOK
        case RestartWorkload():
            return of_workload("get", change), of_workload("patch", change)
    assert_never(change)


def of_workload(verb: str, change: RestartWorkload) -> KubeAsk:
    """A right on workloads of this kind."""
    return KubeAsk(verb, f"{change.kind}s", "apps")


def permissions(changes: Iterable[Change]) -> tuple[str, ...]:
    """The rights that the changes take, each once, as IAM and RBAC name them."""
    asks = (ask for change in changes for ask in needed(change))
    names = (ask.action if isinstance(ask, AwsAsk) else ask.permission for ask in asks)
    return tuple(dict.fromkeys(name for name in names if name))


def resource(ask: AwsAsk, change: Change) -> str:
    """The ARN on which the right is needed; a star where AWS grants it on no other."""
    match change:
        case CreateProvider() | DeleteProvider() | CreateRole() | DeleteRole():
            return change.arn
        case SetClientIds() | SetThumbprints():
            return change.provider_arn
        case PutDocument():
            bucket = f"arn:{partition_of(change.region)}:s3:::{change.bucket}"
            return bucket if ask == rights.OBJECT_ABSENCE else f"{bucket}/{change.key}"
        case SetBucketPublicAccess() | SetBucketPolicy() | SetOwnership() | SetAcl():
            return f"arn:{partition_of(change.region)}:s3:::{change.bucket}"
        case SetDefaultEncryption() | CreateBucket() | DeleteBucket():
            return f"arn:{partition_of(change.region)}:s3:::{change.bucket}"
        case SetAccountPublicAccess() | SetAnnotation() | RestartWorkload() | SetNamespaceSelector():
            return "*"
        case SetTrustPolicy() | SetSessionDuration() | SetRolePolicy():
            return change.role_arn
    assert_never(change)
