"""Pods that sent another token than they should have, or none."""

from keystone_check.model.world import World
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.scenarios.scenario import scenario, unbroken
from keystone_check.sandbox.workloads import by_hand


@scenario(
    2,
    "RKE2",
    "pods_are_injected",
    "its call fails open",
    "https://github.com/rancher/rke2/issues/2269",
    "https://github.com/aws/amazon-eks-pod-identity-webhook/issues/131",
)
def api_server_does_not_trust_the_webhook(world: World) -> World:
    """Pods get no variables: `failing open`, for the API server does not trust the webhook's certificate.

    The certificate is seen by the API server alone, and the reason stands in its log; what can be seen
    from here is that no account's pods get anything from a webhook that is there, ready and may fail.
    """
    return FAULTS["webhook-bundle-is-silently-anothers"].apply(world)


@unbroken(
    9,
    "kops",
    'Unable to locate credentials. You can configure credentials by running "aws configure".',
    "sdk_skips",
    "https://github.com/kubernetes/kops/issues/13973",
)
def variables_are_there_and_no_credentials(world: World) -> World:
    """`Unable to locate credentials` though every variable is in the pod, and no webhook is in the cluster.

    The report was closed without a cause; token and SDK were suspected. Where everything that can be
    looked at holds, the program's SDK is what is left.
    """
    return by_hand(world)


@scenario(
    17,
    "any",
    "no_pod_uses_a_legacy_token",
    "in a Secret: such a token has no audience",
    "https://github.com/aws/aws-sdk-ruby/issues/2698",
)
def token_of_a_secret_is_sent(world: World) -> World:
    """`Missing a required claim: aud`: a service account's legacy token, from its Secret, was sent to STS."""
    return FAULTS["token-is-from-a-secret"].apply(world)


@scenario(
    18,
    "EKS",
    "no_pod_uses_a_legacy_token",
    "the token for the API server and not for STS",
    "https://github.com/external-secrets/kubernetes-external-secrets/issues/290",
)
def variable_points_at_the_default_token(world: World) -> World:
    """The role is ignored: AWS_WEB_IDENTITY_TOKEN_FILE was pointed at the account's default token."""
    return FAULTS["token-is-the-api-servers"].apply(world)


@unbroken(
    19,
    "CI on EKS",
    "Error: Could not assume role with OIDC: Missing a required claim: sub",
    "other_token",
    "https://github.com/aws-actions/configure-aws-credentials/issues/502",
)
def request_token_is_sent_for_the_id_token(world: World) -> World:
    """`Missing a required claim: sub`: a job sent the token with which it should have asked for an ID token.

    Neither token is the cluster's, so every link holds and the message alone tells.
    """
    return world


@unbroken(
    25,
    "any",
    "InvalidIdentityToken: Couldn't retrieve verification key from your identity provider,  please reference "
    "AssumeRoleWithWebIdentity documentation for requirements",
    "aws_transient",
    "https://github.com/awslabs/aws-sdk-rust/issues/827",
)
def aws_could_not_fetch_anybodys_keys(world: World) -> World:
    """`Couldn't retrieve verification key` in storms, on 13 June 2023: AWS had a fault in us-east-1.

    Nothing of the user's was wrong, and clients that do not try again stayed broken.
    """
    return world
