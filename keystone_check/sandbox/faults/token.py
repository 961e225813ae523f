"""Tokens say something else than they should."""

from dataclasses import replace

from keystone_check.model.cluster import Issuer
from keystone_check.model.world import Expected, World
from keystone_check.sandbox.faults.fault import fault
from keystone_check.sandbox.worlds import K3S_DEFAULT, reissued


@fault(breaks=("tokens_name_the_issuer", "published_issuer_is_the_tokens", "sts_accepts_the_token"))
def issuer_was_appended(world: World) -> World:
    """The issuer was given with `+=`, so that K3s's default stays first and signs."""
    assert isinstance(world.issuer, Issuer)
    return replace(
        reissued(world, K3S_DEFAULT),
        issuer=Issuer(world.issuer.url, "configuration"),
        expected=Expected(issuer=world.issuer.url),
    )
