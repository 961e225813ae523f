"""What went wrong in a program or between servers, while all that can be read was in order."""

from keystone_check.model.world import World
from keystone_check.sandbox.scenarios.scenario import unbroken
from keystone_check.sandbox.variants.places import in_front

NO_KEY = (
    "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: Couldn't "
    "retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity "
    "documentation for requirements"
)
NO_JWT = (
    "Amazon.SecurityToken.Model.InvalidIdentityTokenException: The ID Token provided is not a valid JWT. "
    "(You may see this error if you sent an Access Token)"
)
NODE = (
    "User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0123456789abcdef0 is not authorized to perform: "
    "secretsmanager:GetSecretValue on resource: app/api because no identity-based policy allows the "
    "secretsmanager:GetSecretValue action"
)


@unbroken(
    26,
    "CI",
    NO_KEY,
    "host_throttles",
    "https://github.com/aws-actions/configure-aws-credentials/issues/299",
    "https://repost.aws/knowledge-center/iam-sts-invalididentitytoken",
)
def issuers_host_throttles_parallel_jobs(world: World) -> World:
    """`Couldn't retrieve verification key` under parallel jobs alone: the issuer's host limits requests."""
    return in_front(world, "ci.keystone.example", public=True)


@unbroken(
    33,
    "EKS with .NET",
    NO_JWT,
    "path_sent",
    "https://github.com/awsdocs/aws-doc-sdk-examples/issues/3965",
    "https://github.com/aws/aws-sdk-net/issues/2517",
)
def program_sends_the_files_path(world: World) -> World:
    """`not a valid JWT`: the program sends the value of AWS_WEB_IDENTITY_TOKEN_FILE, which is a path."""
    return world


@unbroken(
    40,
    "EKS",
    NODE,
    "sdk_skips",
    "https://github.com/activeloopai/deeplake/issues/3161",
    "https://github.com/external-secrets/kubernetes-external-secrets/issues/452",
    "https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts-minimum-sdk.html",
)
def program_skips_the_web_identity(world: World) -> World:
    """The node's role is used though the pod has its own: the program's SDK skips the web identity."""
    return world
