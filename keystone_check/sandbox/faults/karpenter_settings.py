"""Karpenter is told something else, runs in another way, or finds another cluster than it was made for."""

from dataclasses import replace
from functools import partial

from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Absent
from keystone_check.model.operators import Condition
from keystone_check.model.world import World
from keystone_check.sandbox.faults.fault import fault
from keystone_check.sandbox.faults.karpenter_policies import OBJECTS
from keystone_check.sandbox.faults.operating import (
    claim_says,
    class_says,
    one,
    with_class,
    with_denial,
    with_operator,
    with_setting,
    without_setting,
)
from keystone_check.sandbox.karpenter import NODE
from keystone_check.sandbox.operators import with_karpenter
from keystone_check.sandbox.staffing import caller, seen

UP = "karpenter_is_up"
CRDS = "karpenter_crds_fit_the_controller"


@fault(on=with_karpenter, breaks=("cluster_endpoint_is_set", UP))
def karpenter_has_no_cluster_endpoint(world: World) -> World:
    """Karpenter is not told the API server's address, and asks EKS for it."""
    return with_operator(without_setting(world, "CLUSTER_ENDPOINT"), ready=0)


@fault(on=with_karpenter, breaks=("nothing_here_needs_eks",))
def karpenter_takes_the_control_plane_for_eks(world: World) -> World:
    """Karpenter is told that EKS runs the control plane."""
    return with_setting(world, EKS_CONTROL_PLANE="true")


@fault(on=with_karpenter, breaks=("nothing_here_needs_eks", OBJECTS))
def node_class_is_of_al2023(world: World) -> World:
    """The node class has Amazon Linux 2023, as the guide for EKS writes it."""
    world = with_class(world, family="AL2023", user_data=False, taint=False, provider_id=False)
    said = "failed to detect the cluster CIDR"
    return class_says(world, Condition("ValidationSucceeded", "False", "ClusterCIDRResolutionFailed", said))


@fault(on=with_karpenter, breaks=("nodes_register_with_the_taint", OBJECTS))
def user_data_has_no_taint(world: World) -> World:
    """The user data joins the cluster without the taint that Karpenter waits for."""
    said = "missing required startup taint, karpenter.sh/unregistered"
    world = with_class(world, taint=False)
    return claim_says(world, Condition("Registered", "False", "UnregisteredTaintNotFound", said))


@fault(on=with_karpenter, breaks=("nodes_register_with_the_taint",))
def node_class_has_no_user_data(world: World) -> World:
    """The node class has no user data, so its instances never join."""
    return with_class(world, user_data=False, taint=False, provider_id=False)


@fault(on=with_karpenter, breaks=("provider_ids_are_karpenters", OBJECTS))
def provider_ids_are_k3s(world: World) -> World:
    """K3s's own cloud controller gave the node its provider id."""
    node = replace(one(world.nodes, NODE), provider_id=f"k3s://{NODE}")
    said = "Node not registered with cluster"
    world = claim_says(world, Condition("Registered", "Unknown", "NodeNotFound", said), node="")
    return replace(world, nodes=seen(world.nodes).put(NODE, node))


@fault(on=with_karpenter, breaks=("karpenter_is_told_its_region",))
def karpenters_region_is_empty(world: World) -> World:
    """AWS_REGION is set to nothing, which keeps the webhook from setting it."""
    return with_setting(world, AWS_REGION="")


@fault(on=with_karpenter, breaks=("karpenter_replicas_fit_the_nodes", UP))
def karpenter_has_a_replica_too_many(world: World) -> World:
    """Karpenter has the chart's two replicas on a cluster of one server."""
    return with_operator(world, replicas=2, ready=1)


@fault(on=with_karpenter, breaks=("karpenter_uses_its_own_role",))
def karpenter_has_static_keys(world: World) -> World:
    """Karpenter was given access keys before the cluster had an issuer."""
    return with_operator(world, static_keys=True)


@fault(on=with_karpenter, breaks=("karpenter_uses_its_own_role",))
def karpenter_acts_as_its_node(world: World) -> World:
    """Karpenter's pod was never injected, and asks AWS as the node that it runs on."""
    who = caller(world)
    text = (
        f"getting amis, describing images, UnauthorizedOperation: User: arn:aws:sts::{who.account}:"
        "assumed-role/servers/i-0fedcba9876543210 is not authorized to perform: ec2:DescribeImages because "
        "no identity-based policy allows the ec2:DescribeImages action"
    )
    return with_denial(world, text)


@fault(on=with_karpenter, breaks=(CRDS,))
def karpenters_crd_is_missing(world: World) -> World:
    """A kind was left out when Karpenter's CRDs were installed."""
    name = "nodeclaims.karpenter.sh"
    undefined = Absent("node_claims", f"{name} is not defined in version v1")
    return replace(world, crds=seen(world.crds).without(name), node_claims=undefined)


@fault(on=with_karpenter, breaks=(CRDS,))
def objects_are_stored_as_before_1_0(world: World) -> World:
    """Objects may still be stored in the version of before 1.0, which this Karpenter does not know."""
    name = "nodepools.karpenter.sh"
    crd = replace(one(world.crds, name), stored=("v1beta1", "v1"))
    return replace(world, crds=seen(world.crds).put(name, crd))


@fault(on=partial(with_karpenter, minor="1.8"), breaks=("kubernetes_is_in_karpenters_range",))
def kubernetes_is_too_new_for_karpenter(world: World) -> World:
    """Kubernetes was upgraded before Karpenter was."""
    assert isinstance(world.cluster, Cluster)
    return replace(world, cluster=replace(world.cluster, version="v1.36.3+k3s1"))
