"""The IAM OIDC provider is not there, or accepts something else."""

from dataclasses import replace

from keystone_check.model.facts import Subjects
from keystone_check.model.web import Chain
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import provider_of, with_provider
from keystone_check.sandbox.faults.fault import fault


@fault(breaks=("provider_exists", "sts_accepts_the_token"))
def provider_is_missing(world: World) -> World:
    """Nobody created the OIDC provider in the roles' account."""
    return replace(world, providers=Subjects())


@fault(breaks=("provider_exists", "sts_accepts_the_token"))
def provider_ends_in_a_slash(world: World) -> World:
    """The OIDC provider was created with a slash at the end of its URL."""
    provider = provider_of(world)
    return with_provider(world, arn=f"{provider.arn}/", url=f"{provider.url}/")


@fault(breaks=("audience_is_registered", "sts_accepts_the_token"))
def audience_is_not_registered(world: World) -> World:
    """The provider knows another client id than the audience that tokens carry."""
    return with_provider(world, client_ids=("sts.amazonaws.com.cn",))


@fault(breaks=("audience_is_registered", "sts_accepts_the_token"))
def client_id_has_an_invisible_character(world: World) -> World:
    """The client id ends in a zero-width space that was pasted along."""
    return with_provider(world, client_ids=("sts.amazonaws.com\u200b",))


@fault(breaks=("thumbprint_matches_where_used", "sts_accepts_the_token"))
def leaf_is_pinned(world: World) -> World:
    """The thumbprint is that of the leaf certificate, and the issuer's chain is not publicly trusted."""
    ((_, chain),) = world.chains.seen()
    assert isinstance(chain, Chain)
    return with_provider(world, thumbprints=(chain.certificates[0].sha1,))
