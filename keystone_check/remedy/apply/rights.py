"""What a change asks of AWS and the API server: the requests are made from these values."""

from typing import assert_never

from keystone_check.model.change import (
    Change,
    CreateProvider,
    PutDocument,
    SetAccountPublicAccess,
    SetAnnotation,
    SetBucketPolicy,
    SetBucketPublicAccess,
    SetClientIds,
    SetThumbprints,
    SetTrustPolicy,
)
from keystone_check.probes import rights
from keystone_check.probes.rights import AwsAsk, KubeAsk

CREATE_PROVIDER = AwsAsk("iam", "CreateOpenIDConnectProvider", "iam:CreateOpenIDConnectProvider")
ADD_CLIENT_ID = AwsAsk("iam", "AddClientIDToOpenIDConnectProvider", "iam:AddClientIDToOpenIDConnectProvider")
REMOVE_CLIENT_ID = AwsAsk(
    "iam", "RemoveClientIDFromOpenIDConnectProvider", "iam:RemoveClientIDFromOpenIDConnectProvider"
)
UPDATE_THUMBPRINTS = AwsAsk(
    "iam", "UpdateOpenIDConnectProviderThumbprint", "iam:UpdateOpenIDConnectProviderThumbprint"
)
UPDATE_TRUST = AwsAsk("iam", "UpdateAssumeRolePolicy", "iam:UpdateAssumeRolePolicy")
PUT_OBJECT = AwsAsk("s3", "PutObject", "s3:PutObject")
PUT_BUCKET_PUBLIC_ACCESS = AwsAsk("s3", "PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock")
PUT_BUCKET_POLICY = AwsAsk("s3", "PutBucketPolicy", "s3:PutBucketPolicy")
PUT_ACCOUNT_PUBLIC_ACCESS = AwsAsk("s3control", "PutPublicAccessBlock", "s3:PutAccountPublicAccessBlock")
PATCH_ACCOUNT = KubeAsk("patch", "serviceaccounts")


def needed(change: Change) -> tuple[AwsAsk | KubeAsk, ...]:
    """What applying the change asks for: reading what stands there, then writing."""
    match change:
        case CreateProvider():
            return rights.GET_PROVIDER, CREATE_PROVIDER
        case SetClientIds():
            added = (ADD_CLIENT_ID,) if set(change.after) - set(change.before) else ()
            removed = (REMOVE_CLIENT_ID,) if set(change.before) - set(change.after) else ()
            return rights.GET_PROVIDER, *added, *removed
        case SetThumbprints():
            return rights.GET_PROVIDER, UPDATE_THUMBPRINTS
        case PutDocument():
            return rights.GET_OBJECT, rights.OBJECT_ABSENCE, PUT_OBJECT
        case SetBucketPublicAccess():
            return rights.BUCKET_PUBLIC_ACCESS, PUT_BUCKET_PUBLIC_ACCESS
        case SetAccountPublicAccess():
            return rights.ACCOUNT_PUBLIC_ACCESS, PUT_ACCOUNT_PUBLIC_ACCESS
        case SetBucketPolicy():
            return rights.BUCKET_POLICY, PUT_BUCKET_POLICY
        case SetTrustPolicy():
            return rights.GET_ROLE, UPDATE_TRUST
        case SetAnnotation():
            return rights.GET_ACCOUNT, PATCH_ACCOUNT
    assert_never(change)
