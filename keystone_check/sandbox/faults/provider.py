"""The IAM OIDC provider is not there, or accepts something else."""

from dataclasses import replace

from keystone_check.model.facts import Subjects
from keystone_check.model.web import Chain
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import beside, provider_of, with_provider, with_trust
from keystone_check.sandbox.faults.fault import fault


@fault(breaks=("provider_exists", "sts_accepts_the_token"))
def provider_is_missing(world: World) -> World:
    """Nobody created the OIDC provider in the roles' account."""
    return replace(world, providers=Subjects(), provider_arns=())


@fault(breaks=("provider_exists", "provider_url_is_the_issuer", "sts_accepts_the_token"))
def provider_ends_in_a_slash(world: World) -> World:
    """The OIDC provider was created with a slash at the end of its URL."""
    provider = provider_of(world)
    return with_provider(world, arn=f"{provider.arn}/", url=f"{provider.url}/")


@fault(breaks=("audience_is_registered", "sts_accepts_the_token"))
def audience_is_not_registered(world: World) -> World:
    """The provider knows another client id than the audience that tokens carry."""
    return with_provider(world, client_ids=("sts.amazonaws.com.cn",))


@fault(breaks=("audience_is_registered", "client_ids_are_clean", "sts_accepts_the_token"))
def client_id_has_an_invisible_character(world: World) -> World:
    """The client id ends in a zero-width space that was pasted along."""
    return with_provider(world, client_ids=("sts.amazonaws.com\u200b",))


@fault(breaks=("thumbprint_matches_where_used", "sts_accepts_the_token"))
def leaf_is_pinned(world: World) -> World:
    """The thumbprint is that of the leaf certificate, and the issuer's chain is not publicly trusted."""
    ((_, chain),) = world.chains.seen()
    assert isinstance(chain, Chain)
    return with_provider(world, thumbprints=(chain.certificates[0].sha1,))


@fault(breaks=("provider_exists", "provider_url_is_the_issuer", "sts_accepts_the_token"))
def provider_is_in_another_case(world: World) -> World:
    """The OIDC provider's URL has a capital letter that the issuer does not have."""
    provider = provider_of(world)
    bent = provider.url.replace("keystone", "Keystone")
    return with_provider(world, arn=provider.arn.replace(provider.url, bent), url=bent)


@fault(breaks=("provider_is_in_the_roles_account", "trust_names_the_provider", "sts_accepts_the_token"))
def trust_names_the_provider_of_another_account(world: World) -> World:
    """The trust policy names the issuer's provider of another account."""
    arn = provider_of(world).arn
    elsewhere = arn.replace(f"::{arn.split(':')[4]}:", "::999988887777:")
    return with_trust(world, lambda statement: statement["Principal"].update(Federated=elsewhere))


@fault(breaks=("issuer_has_one_provider", "trust_names_the_provider", "sts_accepts_the_token"))
def trust_names_the_other_of_two_providers(world: World) -> World:
    """Of two providers that differ by a slash the trust policy names the one that is not the issuer's."""
    arn = provider_of(world).arn
    world = beside(world, f"{arn}/")
    return with_trust(world, lambda statement: statement["Principal"].update(Federated=f"{arn}/"))


@fault(breaks=("client_ids_are_clean",))
def client_id_is_an_address(world: World) -> World:
    """Beside the audience stands its like with https:// before it."""
    return with_provider(world, client_ids=("sts.amazonaws.com", "https://sts.amazonaws.com"))


@fault(breaks=("client_ids_are_clean",))
def client_id_has_capital_letters(world: World) -> World:
    """Beside the audience stands the same name with capital letters."""
    return with_provider(world, client_ids=("sts.amazonaws.com", "STS.amazonaws.com"))


@fault(breaks=("audience_is_registered", "client_ids_leave_room", "sts_accepts_the_token"))
def client_ids_are_used_up(world: World) -> World:
    """A hundred client ids are registered, and none of them is the audience that tokens carry."""
    return with_provider(world, client_ids=tuple(f"client-{number}" for number in range(100)))
