"""Many of a kind: client ids, roles, accounts of one role."""

from keystone_check.iam.oidc import CLIENT_IDS_PER_PROVIDER
from keystone_check.model.world import STS_AUDIENCE, World
from keystone_check.sandbox.crowd import crowded
from keystone_check.sandbox.faults.editing import with_provider
from keystone_check.sandbox.variants.variant import variant


@variant()
def many_client_ids(world: World) -> World:
    """The provider has as many client ids as it takes, and the audience is one of them."""
    others = (f"application-{number}" for number in range(1, CLIENT_IDS_PER_PROVIDER))
    return with_provider(world, client_ids=(*others, STS_AUDIENCE))


@variant()
def thirty_roles(world: World) -> World:
    """Thirty service accounts are bound to a role each."""
    return crowded(world, 30, 30)


@variant()
def accounts_that_share_a_role(world: World) -> World:
    """Four service accounts of each of two namespaces share their role."""
    return crowded(world, 8, 2)
