"""API servers that did not sign as they should have."""

from dataclasses import replace

from keystone_check.model.facts import Subjects
from keystone_check.model.servers import Server
from keystone_check.model.world import World
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.faults.editing import as_static_pods, with_token
from keystone_check.sandbox.faults.publication import STRANGERS_KID
from keystone_check.sandbox.faults.servers import rebuilt_key_set
from keystone_check.sandbox.scenarios.scenario import scenario
from keystone_check.sandbox.worlds import SERVERS, with_servers


@scenario(
    11,
    "any",
    "former_issuer_stays_accepted",
    "https://kubernetes.default.svc.cluster.local",
    "https://github.com/kubernetes/kubernetes/issues/107031",
    "https://github.com/gardener/gardener/issues/5817",
)
def issuer_was_changed_without_the_former_one(world: World) -> World:
    """Pods are unauthorized after the issuer was changed: a server accepts the former one no more."""
    return FAULTS["server-forgot-the-former-issuer"].apply(world)


@scenario(
    13,
    "K3s",
    "api_servers_sign_with_the_same_keys",
    STRANGERS_KID,
    "https://github.com/k3s-io/k3s/issues/4820",
)
def servers_were_joined_with_other_bootstrap_data(world: World) -> World:
    """About half of all token uses are 401: the two servers have different signing keys."""
    return _with_a_key_of_its_own(with_servers(world, *SERVERS[:2]))


@scenario(
    14,
    "kubeadm",
    "api_servers_sign_with_the_same_keys",
    STRANGERS_KID,
    "https://github.com/kubernetes/kubernetes/issues/110035",
)
def control_plane_node_was_rebuilt(world: World) -> World:
    """`invalid bearer token` after a control plane node was rebuilt: it made an sa.key of its own."""
    return _with_a_key_of_its_own(as_static_pods(with_servers(world, *SERVERS)))


@scenario(
    15,
    "EKS Anywhere",
    "public_issuer_signs_first",
    "the first of its issuers",
    "https://github.com/aws/eks-anywhere/issues/4361",
)
def issuer_of_the_specification_is_ignored(world: World) -> World:
    """The configured issuer is ignored: it stands in the manifest, after the default."""
    return FAULTS["static-pod-names-the-public-issuer-second"].apply(world)


@scenario(
    27,
    "Nomad",
    "signing_algorithm_is_accepted_by_sts",
    "EdDSA",
    "https://github.com/hashicorp/nomad/issues/20227",
)
def keyring_signs_with_eddsa(world: World) -> World:
    """InvalidIdentityToken whatever is tried: tokens are signed with EdDSA."""
    return with_token(
        world, lambda token: replace(token, header={**token.header, "alg": "EdDSA"}, signed_by=())
    )


def _with_a_key_of_its_own(world: World) -> World:
    """The last API server has another key than the others, and nobody published it."""
    assert isinstance(world.servers, Subjects)
    address = world.servers.entries[-1][0]
    own = Server(world.cluster_discovery, rebuilt_key_set(world))
    return replace(world, servers=world.servers.put(address, own))
