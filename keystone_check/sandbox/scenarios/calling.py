"""Calls of STS that came to grief over a role, a parameter or a token that was too old."""

from dataclasses import replace
from typing import Any

from keystone_check.model.cluster import ROLE_ARN
from keystone_check.model.exchange import Event, Trail, nothing_recorded
from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.faults.documents import published_in_front
from keystone_check.sandbox.faults.editing import VICTIM, account_of, with_token, with_trust
from keystone_check.sandbox.scenarios.scenario import scenario
from keystone_check.sandbox.settling import settled
from keystone_check.sandbox.variants.places import in_front
from keystone_check.sandbox.worlds import with_claims

DAYS_OLD = 441398
"""Seconds: the age that STS named."""


@scenario(
    29,
    "EKS and CI",
    "role_arn_is_well_formed",
    "it names a certificate of acm",
    "https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors",
    "https://github.com/crossplane-contrib/provider-aws/issues/517",
)
def annotation_names_a_certificate(world: World) -> World:
    """`Request ARN is invalid`: the annotation has the ARN of a certificate, copied from the line beside."""
    account = account_of(world)
    _, partition, _, _, number, _ = account.role_arn.split(":", 5)
    arn = f"arn:{partition}:acm:eu-central-1:{number}:certificate/12345678-1234-1234-1234-123456789012"
    absent = Absent(arn, f"{arn} is not a role ARN, so there is no role to look up")
    bent = replace(account, annotations={**account.annotations, ROLE_ARN: arn})
    assert isinstance(world.accounts, Subjects)
    assert isinstance(world.roles, Subjects)
    roles = sorted(world.roles.without(account.role_arn).put(arn, absent), key=lambda entry: entry[0])
    return settled(replace(world, accounts=world.accounts.put(VICTIM, bent), roles=Subjects(tuple(roles))))


@scenario(
    30,
    "EKS",
    "recorded_requests_fit",
    "asked for a session of 21600 seconds",
    "https://github.com/d2a4u/sqs4s/issues/270",
    "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html",
)
def library_asks_for_six_hours(world: World) -> World:
    """`DurationSeconds exceeds the MaxSessionDuration`: a library asks for six hours, the role allows one."""
    return FAULTS["library-asks-for-a-longer-session"].apply(world)


@scenario(
    30,
    "EKS",
    "recorded_requests_fit",
    'named the ProviderId "oidc.example"',
    "https://github.com/d2a4u/sqs4s/issues/270",
    "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html",
)
def library_passes_a_provider_id(world: World) -> World:
    """STS refuses a call that is right otherwise: it names a ProviderId, which is for OAuth 2.0 alone."""
    return FAULTS["library-names-a-provider-id"].apply(world)


@scenario(
    31,
    "EKS",
    "recorded_exchanges_agree",
    "keeps the token that it read once",
    "https://github.com/aws/aws-sdk-java-v2/issues/5709",
    "https://github.com/aws/aws-sdk-js-v3/issues/3052",
    "https://github.com/awslabs/aws-orbit-workbench/issues/771",
)
def sdk_keeps_its_first_token(world: World) -> World:
    """`Token expired` after a day: the SDK keeps the content of the token file that kubelet renews."""
    assert isinstance(world.recorded, Trail)
    now, expired = world.now - 600, world.now - 3600
    said = f"Token expired: current date/time {now} must be before the expiration date/time {expired}"
    refused = Event(now, "ExpiredTokenException", said)
    exchanges = world.recorded.exchanges.put(VICTIM, replace(nothing_recorded(VICTIM), refused=refused))
    return replace(world, recorded=replace(world.recorded, exchanges=exchanges))


@scenario(
    32,
    "Auth0",
    "token_is_not_too_old",
    f"issued {DAYS_OLD} s ago",
    "https://github.com/mozilla-iam/mozilla-aws-cli/issues/146",
)
def token_was_issued_days_ago(world: World) -> World:
    """`Token too old: 441398`: the signer hands out a token of days ago whose end is still ahead."""
    return with_token(world, lambda token: with_claims(token, iat=world.now - DAYS_OLD))


@scenario(
    41,
    "Kubeflow",
    "trust_fits_the_quota",
    "2048 characters for 33 service accounts",
    "https://github.com/kubeflow/kubeflow/issues/6687",
)
def role_is_given_to_thirty_profiles(world: World) -> World:
    """`Cannot exceed quota for ACLSizePerRole`: each profile's account was added to one role."""

    def edit(statement: dict[str, Any]) -> None:
        equals = statement["Condition"]["StringEquals"]
        key = next(name for name in equals if name.endswith(":sub"))
        profiles = (f"system:serviceaccount:profile-{number:02d}:default-editor" for number in range(32))
        equals[key] = [equals[key], *profiles]

    return settled(with_trust(world, edit))


@scenario(
    43,
    "Rancher",
    "discovery_document_is_public",
    "401, it asks strangers for credentials",
    "https://github.com/rancher/rancher/issues/36444",
)
def proxy_asks_for_authentication(world: World) -> World:
    """Nobody outside reads the documents: Rancher's proxy, the issuer's address, asks for authentication."""
    world = in_front(world, "rancher.keystone.example/k8s/clusters/c-x7k2p", public=True)
    assert isinstance(world.discovery, Response)
    body = '{"type":"error","status":"401","message":"must authenticate"}'
    refused = replace(world.discovery, status=401, body=body, size=len(body))
    return settled(published_in_front(world, discovery=refused))


@scenario(
    44,
    "self-hosted",
    "issuer_serves_one_cluster",
    "they are of other clusters",
    "https://github.com/aws/amazon-eks-pod-identity-webhook/issues/72",
    "https://github.com/kubernetes/kops/pull/8264",
)
def clusters_share_an_issuer(world: World) -> World:
    """Pods of one cluster may assume the roles of another: all of them sign for one issuer."""
    return FAULTS["keys-of-other-clusters-are-published"].apply(world)


@scenario(
    47,
    "GitLab",
    "chain_is_in_order",
    "serves its certificates out of order",
    "https://gitlab.com/gitlab-org/gitlab/-/merge_requests/143600",
    "https://docs.gitlab.com/ci/cloud_services/aws/",
)
def chain_is_served_out_of_order(world: World) -> World:
    """`Please check .well-known/openid-configuration`: the host serves its certificates out of order."""
    return FAULTS["intermediates-are-out-of-order"].apply(world)
