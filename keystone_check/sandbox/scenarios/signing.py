"""API servers that did not sign as they should have."""

from dataclasses import replace

from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Subjects
from keystone_check.model.servers import ISSUER, Server
from keystone_check.model.world import Expected, World
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.faults.editing import as_static_pods, with_arguments, with_token
from keystone_check.sandbox.faults.publication import STRANGERS_KID
from keystone_check.sandbox.faults.servers import rebuilt_key_set
from keystone_check.sandbox.scenarios.scenario import scenario
from keystone_check.sandbox.worlds import K3S_DEFAULT, SERVERS, reissued, with_servers

BENCHMARKED = (
    "https://dev.to/haitmg/k3s-on-aws-in-2026-4-iam-auth-methods-benchmarked-5hke",
    "https://haitmg.pl/blog/self-hosted-k3s-aws-auth-benchmark/",
)
"""One report of a cluster that was broken on purpose, in four ways that concern the chain."""


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
    12,
    "K3s",
    "public_issuer_signs_first",
    "it was changed, and this one not kept",
    *BENCHMARKED,
)
def issuer_of_k3s_was_changed(world: World) -> World:
    """All pods fail at once: K3s was given another issuer, for which nobody made a provider."""
    changed = f"{_configured(world)}/v2"
    return _signing_for(_expecting(world), changed)


@scenario(12, "K3s", "clocks_agree", "ahead of AWS's", *BENCHMARKED)
def clock_of_k3s_is_ahead(world: World) -> World:
    """Tokens are refused: the clock of the server is ahead by more than five minutes."""
    return FAULTS["cluster-is-ahead"].apply(world)


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
    16,
    "KubeOne",
    "public_issuer_signs_first",
    "never given, or an installer wrote over it",
    "https://github.com/kubermatic/kubeone/issues/3143",
)
def installer_wrote_over_the_issuer(world: World) -> World:
    """The issuer is the default again after a reconciliation: the installer wrote over the manifest."""
    return _signing_for(as_static_pods(_expecting(world)), K3S_DEFAULT)


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


def _configured(world: World) -> str:
    assert isinstance(world.issuer, Issuer)
    return world.issuer.url


def _expecting(world: World) -> World:
    """The user says which issuer it is to be."""
    issuer = _configured(world)
    return replace(world, issuer=Issuer(issuer, "configuration"), expected=Expected(issuer=issuer))


def _signing_for(world: World, issuer: str) -> World:
    """The API server was given this issuer alone."""
    return with_arguments(reissued(world, issuer), f"{ISSUER}={issuer}")


def _with_a_key_of_its_own(world: World) -> World:
    """The last API server has another key than the others, and nobody published it."""
    assert isinstance(world.servers, Subjects)
    address = world.servers.entries[-1][0]
    own = Server(world.cluster_discovery, rebuilt_key_set(world))
    return replace(world, servers=world.servers.put(address, own))
