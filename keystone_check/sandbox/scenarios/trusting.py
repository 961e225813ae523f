"""Providers, roles and annotations that did not say what they should have."""

from keystone_check.model.world import World
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.scenarios.scenario import scenario


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
