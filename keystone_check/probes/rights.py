"""What the readers ask for, and the rights that it takes: the requests are made from these values."""

from collections.abc import Iterable

from keystone_check.probes.asks import AwsAsk as AwsAsk
from keystone_check.probes.asks import KubeAsk as KubeAsk
from keystone_check.probes.operator_rights import GET_LOG, OF_OPERATORS

VERSION = KubeAsk("get", "/version", given_by="system:public-info-viewer")
WHOAMI = KubeAsk("create", "selfsubjectreviews", "authentication.k8s.io", given_by="system:basic-user")
CLUSTER_DISCOVERY = KubeAsk("get", "/.well-known/openid-configuration", why="the issuer that tokens name")
CLUSTER_KEYS = KubeAsk("get", "/openid/v1/jwks", why="the keys that sign, which a repair would publish")
LIST_ACCOUNTS = KubeAsk("list", "serviceaccounts", why="which service accounts are bound to roles")
GET_ACCOUNT = KubeAsk("get", "serviceaccounts", why="the configured bindings that the listing does not show")
CREATE_TOKEN = KubeAsk("create", "serviceaccounts/token", why="one fresh token of each bound service account")
CREATE_ACCOUNT = KubeAsk("create", "serviceaccounts")
DELETE_ACCOUNT = KubeAsk("delete", "serviceaccounts")
LIST_NODES = KubeAsk(
    "list",
    "nodes",
    why="how K3s started the API servers (annotation k3s.io/node-args)",
)
GET_SERVERS = KubeAsk(
    "get", "endpointslices", "discovery.k8s.io", why="the addresses of the API servers, to ask each of them"
)
REVIEW_ACCESS = KubeAsk(
    "create",
    "subjectaccessreviews",
    "authorization.k8s.io",
    why="whether service accounts may read the discovery document and the key set",
)

LIST_WEBHOOKS = KubeAsk(
    "list",
    "mutatingwebhookconfigurations",
    "admissionregistration.k8s.io",
    why="the pod identity webhook as the API server calls it",
)
GET_SERVICE = KubeAsk("get", "services", why="the service behind the webhook")
LIST_ENDPOINTS = KubeAsk(
    "list", "endpointslices", "discovery.k8s.io", why="whether anything answers behind that service"
)
LIST_NAMESPACES = KubeAsk("list", "namespaces", why="the labels by which a webhook selects namespaces")
CREATE_POD = KubeAsk(
    "create", "pods", why="a dry run for each bound service account, which leaves nothing behind"
)
LIST_PODS = KubeAsk(
    "list",
    "pods",
    why="what running pods of bound accounts were given, and how API servers that are pods were started",
)
LIST_CRON_JOBS = KubeAsk(
    "list",
    "cronjobs",
    "batch",
    why="templates of jobs of which no pod runs now, and which may hold role and token themselves",
)

CALLER = AwsAsk("sts", "GetCallerIdentity", "")
FIND_BUCKET = AwsAsk("s3", "HeadBucket", "")
"""Where a bucket is S3 tells everyone who is signed in, in a header, even beside a refusal:
https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html"""
BUCKET_PUBLIC_ACCESS = AwsAsk(
    "s3", "GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock", "what the bucket's block shuts out"
)
BUCKET_OWNERSHIP = AwsAsk("s3", "GetBucketOwnershipControls", "s3:GetBucketOwnershipControls")
BUCKET_POLICY_STATUS = AwsAsk(
    "s3", "GetBucketPolicyStatus", "s3:GetBucketPolicyStatus", "whether S3 counts the policy as public"
)
BUCKET_ENCRYPTION = AwsAsk(
    "s3", "GetBucketEncryption", "s3:GetEncryptionConfiguration", "how the next upload is encrypted"
)
BUCKET_ACL = AwsAsk("s3", "GetBucketAcl", "s3:GetBucketAcl", "what the bucket's ACL grants to others")
BUCKET_TAGS = AwsAsk("s3", "GetBucketTagging", "s3:GetBucketTagging", "what else manages the bucket")
LIST_BUCKETS = AwsAsk("s3", "ListBuckets", "s3:ListAllMyBuckets", "which buckets are the account's own")
ORGANIZATION_PUBLIC_ACCESS = AwsAsk(
    "organizations",
    "DescribeEffectivePolicy",
    "organizations:DescribeEffectivePolicy",
    "whether it is the organization that blocks public access",
)
BUCKET_POLICY = AwsAsk("s3", "GetBucketPolicy", "s3:GetBucketPolicy", "what the bucket's policy opens")
GET_OBJECT = AwsAsk(
    "s3", "GetObject", "s3:GetObject", "the two documents as stored, which a repair starts from"
)
OBJECT_ABSENCE = AwsAsk(
    "s3",
    "HeadBucket",
    "s3:ListBucket",
    "without it S3 answers 403 for a document that does not exist, so that absent and refused look alike",
)
ACCOUNT_PUBLIC_ACCESS = AwsAsk(
    "s3control",
    "GetPublicAccessBlock",
    "s3:GetAccountPublicAccessBlock",
    "what the account's block shuts out",
)
LIST_PROVIDERS = AwsAsk(
    "iam", "ListOpenIDConnectProviders", "iam:ListOpenIDConnectProviders", "which providers there are"
)
GET_PROVIDER = AwsAsk(
    "iam",
    "GetOpenIDConnectProvider",
    "iam:GetOpenIDConnectProvider",
    "client ids and thumbprints of those on the issuer's host",
)
GET_ROLE = AwsAsk("iam", "GetRole", "iam:GetRole", "the trust policies of the annotated roles")
LIST_ROLES = AwsAsk("iam", "ListRoles", "iam:ListRoles", "all roles that trust the issuer, used or not")
ASSUME = AwsAsk("sts", "AssumeRoleWithWebIdentity", "")
LOOKUP_EVENTS = AwsAsk(
    "cloudtrail", "LookupEvents", "cloudtrail:LookupEvents", "the exchanges that STS really answered"
)

ASKED: dict[str, tuple[KubeAsk | AwsAsk, ...]] = {
    "expected": (),
    "now": (),
    "cluster": (VERSION, WHOAMI),
    "caller": (CALLER,),
    "issuer": (),
    "cluster_discovery": (CLUSTER_DISCOVERY,),
    "cluster_keys": (CLUSTER_KEYS,),
    "accounts": (LIST_ACCOUNTS,),
    "expected_accounts": (GET_ACCOUNT,),
    "tokens": (CREATE_TOKEN,),
    "discovery": (),
    "key_set": (),
    "chains": (),
    "addresses": (),
    "bucket": (FIND_BUCKET,),
    "bucket.public_access": (BUCKET_PUBLIC_ACCESS,),
    "bucket.ownership": (BUCKET_OWNERSHIP,),
    "bucket.policy": (BUCKET_POLICY,),
    "bucket.objects": (GET_OBJECT,),
    "bucket.absence": (OBJECT_ABSENCE,),
    "bucket.region": (),
    "bucket.policy_is_public": (BUCKET_POLICY_STATUS,),
    "bucket.default_encryption": (BUCKET_ENCRYPTION,),
    "bucket.grants": (BUCKET_ACL,),
    "bucket.tags": (BUCKET_TAGS,),
    "account_public_access": (ACCOUNT_PUBLIC_ACCESS,),
    "organization_public_access": (ORGANIZATION_PUBLIC_ACCESS,),
    "own_buckets": (LIST_BUCKETS,),
    "provider_arns": (LIST_PROVIDERS,),
    "provider_buckets": (),
    "providers": (GET_PROVIDER,),
    "roles": (GET_ROLE,),
    "server_arguments": (LIST_NODES, LIST_PODS),
    "servers": (GET_SERVERS,),
    "servers.discovery": (CLUSTER_DISCOVERY,),
    "servers.key_set": (CLUSTER_KEYS,),
    "clocks": (),
    "api_token": (CREATE_TOKEN,),
    "discovery_access": (REVIEW_ACCESS,),
    "listed": (),
    "trusting_roles": (LIST_ROLES,),
    "answers": (CREATE_TOKEN, ASSUME),
    "recorded": (LOOKUP_EVENTS,),
    "webhooks": (LIST_WEBHOOKS,),
    "webhook_backends": (GET_SERVICE, LIST_ENDPOINTS),
    "namespaces": (LIST_NAMESPACES,),
    "injections": (CREATE_POD,),
    "pods": (LIST_PODS,),
    "templates": (LIST_CRON_JOBS,),
    **OF_OPERATORS,
    "nodes": (LIST_NODES,),
    "ack_kinds": (LIST_NAMESPACES,),
    "denials": (LIST_PODS, GET_LOG),
    "dry_runs": (CREATE_TOKEN, ASSUME),
    "declared": (),
}
"""By field of the World, or part of one, what reading it asks. Fields that it follows from ask for theirs;
`expected_accounts` stands for service accounts that the configuration names."""

ASKS = tuple(dict.fromkeys(ask for asks in ASKED.values() for ask in asks))


def parts(field: str) -> frozenset[str]:
    """The parts of a field that can be asked for one by one: `bucket.policy`."""
    return frozenset(name for name in ASKED if name.startswith(f"{field}."))


def kube_rights(fields: Iterable[str]) -> tuple[KubeAsk, ...]:
    """What RBAC has to allow for these, beyond what everyone may who is signed in; each once, sorted."""
    asks = (ask for field in fields for ask in ASKED[field])
    return tuple(sorted({ask for ask in asks if isinstance(ask, KubeAsk) and not ask.given_by}))


def aws_actions(fields: Iterable[str]) -> tuple[str, ...]:
    """The IAM actions that these need, each once, sorted."""
    asks = (ask for field in fields for ask in ASKED[field])
    return tuple(sorted({ask.action for ask in asks if isinstance(ask, AwsAsk) and ask.action}))
