"""What the readers ask for, and the rights that it takes: the requests are made from these values."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class KubeAsk:
    """One kind of request to the API server, as RBAC names it."""

    verb: str
    resource: str
    """`serviceaccounts/token`; or, starting with a slash, a URL that is no resource."""
    group: str = ""

    @property
    def permission(self) -> str:
        """As people say it: `create serviceaccounts/token`."""
        return f"{self.verb} {self.resource}"


@dataclass(frozen=True, slots=True, order=True)
class AwsAsk:
    """One kind of request to AWS."""

    service: str
    """As boto3 names the client."""
    operation: str
    action: str
    """The IAM action that allows it, which for S3 is not the operation's name; empty when none is needed."""

    @property
    def name(self) -> str:
        """The operation as AWS writes it: `iam:GetRole`."""
        return f"{self.service}:{self.operation}"


VERSION = KubeAsk("get", "/version")
WHOAMI = KubeAsk("create", "selfsubjectreviews", "authentication.k8s.io")
CLUSTER_DISCOVERY = KubeAsk("get", "/.well-known/openid-configuration")
CLUSTER_KEYS = KubeAsk("get", "/openid/v1/jwks")
LIST_ACCOUNTS = KubeAsk("list", "serviceaccounts")
GET_ACCOUNT = KubeAsk("get", "serviceaccounts")
CREATE_TOKEN = KubeAsk("create", "serviceaccounts/token")
CREATE_ACCOUNT = KubeAsk("create", "serviceaccounts")
DELETE_ACCOUNT = KubeAsk("delete", "serviceaccounts")

CALLER = AwsAsk("sts", "GetCallerIdentity", "")
BUCKET_LOCATION = AwsAsk("s3", "GetBucketLocation", "s3:GetBucketLocation")
BUCKET_PUBLIC_ACCESS = AwsAsk("s3", "GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock")
BUCKET_OWNERSHIP = AwsAsk("s3", "GetBucketOwnershipControls", "s3:GetBucketOwnershipControls")
BUCKET_POLICY = AwsAsk("s3", "GetBucketPolicy", "s3:GetBucketPolicy")
GET_OBJECT = AwsAsk("s3", "GetObject", "s3:GetObject")
OBJECT_ABSENCE = AwsAsk("s3", "HeadBucket", "s3:ListBucket")
"""Never asked: without s3:ListBucket S3 answers AccessDenied for an object that does not exist."""
ACCOUNT_PUBLIC_ACCESS = AwsAsk("s3control", "GetPublicAccessBlock", "s3:GetAccountPublicAccessBlock")
LIST_PROVIDERS = AwsAsk("iam", "ListOpenIDConnectProviders", "iam:ListOpenIDConnectProviders")
GET_PROVIDER = AwsAsk("iam", "GetOpenIDConnectProvider", "iam:GetOpenIDConnectProvider")
GET_ROLE = AwsAsk("iam", "GetRole", "iam:GetRole")

ASKED: dict[str, tuple[KubeAsk | AwsAsk, ...]] = {
    "expected": (),
    "now": (),
    "cluster": (VERSION, WHOAMI),
    "caller": (CALLER,),
    "issuer": (),
    "cluster_discovery": (CLUSTER_DISCOVERY,),
    "cluster_keys": (CLUSTER_KEYS,),
    "accounts": (LIST_ACCOUNTS, GET_ACCOUNT),
    "tokens": (CREATE_TOKEN,),
    "discovery": (),
    "key_set": (),
    "chains": (),
    "bucket": (
        BUCKET_LOCATION,
        BUCKET_PUBLIC_ACCESS,
        BUCKET_OWNERSHIP,
        BUCKET_POLICY,
        GET_OBJECT,
        OBJECT_ABSENCE,
    ),
    "account_public_access": (ACCOUNT_PUBLIC_ACCESS,),
    "providers": (LIST_PROVIDERS, GET_PROVIDER),
    "roles": (GET_ROLE,),
}
"""By field of the World, what reading that field itself asks. Fields that it follows from ask for theirs."""


def kube_rights(fields: Iterable[str]) -> tuple[KubeAsk, ...]:
    """What RBAC has to allow for these fields, each once, sorted."""
    return tuple(sorted({ask for field in fields for ask in ASKED[field] if isinstance(ask, KubeAsk)}))


def aws_actions(fields: Iterable[str]) -> tuple[str, ...]:
    """The IAM actions that these fields need, each once, sorted."""
    asks = (ask for field in fields for ask in ASKED[field])
    return tuple(sorted({ask.action for ask in asks if isinstance(ask, AwsAsk) and ask.action}))
