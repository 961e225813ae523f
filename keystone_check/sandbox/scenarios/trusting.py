"""Providers, roles and annotations that did not say what they should have."""

from keystone_check.model.world import World
from keystone_check.sandbox.cellar import Wanted, chain
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.faults.editing import with_provider
from keystone_check.sandbox.scenarios.scenario import scenario
from keystone_check.sandbox.scenarios.signing import BENCHMARKED


@scenario(
    8,
    "kops",
    "provider_exists",
    "none near",
    "https://github.com/kubernetes/kops/issues/15429",
)
def provider_is_missing_after_the_webhook_was_enabled(world: World) -> World:
    """`No OpenIDConnect provider found in your account` after the webhook was enabled on an existing cluster.

    The report gives no cause. As reported: pods are injected, tokens name an issuer, and the account has no
    provider for it.
    """
    return FAULTS["provider-is-missing"].apply(world)


@scenario(12, "K3s", "provider_exists", "no OIDC provider names the issuer", *BENCHMARKED)
def provider_was_deleted(world: World) -> World:
    """All pods fail at once: the OIDC provider was deleted."""
    return FAULTS["provider-is-missing"].apply(world)


@scenario(12, "K3s", "trust_pins_the_subject", "system:serviceaccount:app:api", *BENCHMARKED)
def trust_names_another_subject(world: World) -> World:
    """Not authorized: the subject in the trust policy is not the service account's."""
    return FAULTS["trust-names-another-namespace"].apply(world)


@scenario(
    20,
    "EKS in China",
    "audience_is_registered",
    "sts.amazonaws.com.cn",
    "https://github.com/terraform-aws-modules/terraform-aws-eks/issues/1704",
    "https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2700",
    "https://github.com/eksctl-io/eksctl/issues/1910",
)
def provider_has_the_audience_of_china(world: World) -> World:
    """`Incorrect token audience`: the provider has sts.amazonaws.com.cn, tokens carry sts.amazonaws.com."""
    return FAULTS["audience-is-not-registered"].apply(world)


@scenario(
    21,
    "EKS",
    "audience_is_registered",
    "\\u200b",
    "https://blogs.kartikeytripathi.in/how-irsa-really-works-on-eks",
)
def client_id_was_pasted_with_an_invisible_character(world: World) -> World:
    """`Incorrect token audience` though all looks right: an invisible character was pasted along."""
    return FAULTS["client-id-has-an-invisible-character"].apply(world)


@scenario(
    22,
    "EKS with Terraform",
    "thumbprint_matches_where_used",
    "no certificate is pinned at all",
    "https://github.com/hashicorp/terraform-provider-aws/issues/10104",
)
def thumbprint_list_was_left_empty(world: World) -> World:
    """`HTTPS certificate doesn't match configured thumbprint`: the provider was made with an empty list.

    The issuer's chain is one that AWS does not know, as it was then with every chain.
    """
    return with_provider(world, thumbprints=())


@scenario(
    22,
    "EKS with the CDK",
    "thumbprint_matches_where_used",
    "the leaf certificate is pinned instead of the last one",
    "https://github.com/aws/aws-cdk/issues/8607",
)
def thumbprint_was_made_of_the_leaf(world: World) -> World:
    """`HTTPS certificate doesn't match configured thumbprint`: the leaf was hashed, and it was renewed.

    Seen before it is renewed, which is when it can still be helped.
    """
    return FAULTS["leaf-is-pinned"].apply(world)


@scenario(
    23,
    "GitHub",
    "thumbprint_matches_where_used",
    "as after a change of intermediates",
    "https://github.com/aws-actions/configure-aws-credentials/issues/357",
    "https://github.com/turbot/steampipe-samples/issues/16",
)
def host_serves_the_other_of_two_intermediates(world: World) -> World:
    """The same for everybody in June 2023: the host has two intermediates in turn, and one of them is pinned.

    Since 6 July 2023 AWS trusts that host by its authority. Here it is one that AWS does not know, as then.
    """
    (host, _), *_ = world.chains.entries
    other = chain(host, Wanted((host,), public=True))
    return with_provider(world, thumbprints=(other.certificates[-1].sha1,))


@scenario(
    28,
    "EKS",
    "role_arn_is_well_formed",
    "role:api",
    "https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors",
)
def role_arn_has_a_colon_for_a_slash(world: World) -> World:
    """`Request ARN is invalid` for hours, all configuration validated: the ARN says `role:` for `role/`."""
    return FAULTS["role-arn-has-a-colon"].apply(world)


@scenario(
    46,
    "aws-privateca-issuer",
    "trust_pins_the_subject",
    "system:serviceaccount:app:api",
    "https://github.com/cert-manager/aws-privateca-issuer/issues/277",
)
def chart_was_installed_into_another_namespace(world: World) -> World:
    """Not authorized: the subject's namespace is not the one that the chart was installed into."""
    return FAULTS["trust-names-another-namespace"].apply(world)
