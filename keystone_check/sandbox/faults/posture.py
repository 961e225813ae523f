"""Somebody else gets in."""

from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Subjects
from keystone_check.model.servers import OIDC_ISSUER
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import as_static_pods, with_arguments
from keystone_check.sandbox.faults.fault import fault


@fault(breaks=("api_server_does_not_authenticate_by_its_own_issuer",))
def api_server_trusts_itself(world: World) -> World:
    """The API server's OIDC authenticator is given its own service account issuer."""
    assert isinstance(world.issuer, Issuer)
    assert isinstance(world.server_arguments, Subjects)
    ((_, arguments),) = world.server_arguments.seen()
    return with_arguments(world, *arguments.written, f"{OIDC_ISSUER}={world.issuer.url}")


@fault(breaks=("api_server_does_not_authenticate_by_its_own_issuer",))
def static_pod_trusts_itself(world: World) -> World:
    """The same where the API server is a static pod."""
    return api_server_trusts_itself.apply(as_static_pods(world))
