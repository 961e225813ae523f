"""Pods that did not get the token and the role, or could not use them."""

from dataclasses import replace

from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Subjects
from keystone_check.model.world import World
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.injecting import shape
from keystone_check.sandbox.scenarios.scenario import scenario


@scenario(
    34,
    "Flux",
    "token_is_readable_by_the_user",
    "mode 0600 of root, and no fsGroup (Kubernetes v1.18",
    "https://github.com/fluxcd/source-controller/issues/284",
    "https://github.com/aws/amazon-eks-pod-identity-webhook/issues/8",
)
def token_file_is_roots_alone(world: World) -> World:
    """`permission denied` on the token: a controller that is not root, on Kubernetes before 1.19."""
    assert isinstance(world.cluster, Cluster)
    assert isinstance(world.pods, Subjects)
    pods = tuple(
        (name, replace(pod, shape=replace(pod.shape, containers=(replace(container, user=1337),))))
        for name, pod in world.pods.seen()
        for container in pod.shape.containers
    )
    old = replace(world.cluster, version="v1.18.9-eks-d1db3c")
    return replace(world, cluster=old, pods=Subjects(pods))


@scenario(
    35,
    "EKS",
    "webhook_is_registered",
    "its running pods still have what a webhook gave them",
    "https://github.com/aws/amazon-eks-pod-identity-webhook/issues/68",
    "https://github.com/aws/amazon-eks-pod-identity-webhook/issues/135",
)
def registration_was_lost_in_an_upgrade(world: World) -> World:
    """New pods have no AWS variables after an upgrade: the webhook's registration is gone."""
    return FAULTS["webhook-is-not-registered"].apply(world)


@scenario(
    36,
    "self-hosted",
    "webhook_is_registered",
    "its running pods never got any",
    "https://github.com/aws/amazon-eks-pod-identity-webhook/issues/176",
)
def installer_left_the_registration_out(world: World) -> World:
    """No pod ever got AWS variables: `make cluster-up` installed all but the webhook's registration."""
    world = FAULTS["webhook-is-not-registered"].apply(world)
    assert isinstance(world.pods, Subjects)
    bare = ((name, replace(pod, shape=shape(pod.account, None))) for name, pod in world.pods.seen())
    return replace(world, pods=Subjects(tuple(bare)))


@scenario(
    37,
    "EKS",
    "injected_token_is_where_the_sdk_looks",
    "though the pod has aws-iam-token: a template that sets the variables itself",
    "https://github.com/aws/amazon-eks-pod-identity-webhook/issues/82",
)
def deployment_presets_the_variables(world: World) -> World:
    """Variables and volume are there and the mount is not: the Deployment sets the variables itself."""
    return FAULTS["template-presets-everything-but-the-mount"].apply(world)


@scenario(
    38,
    "EKS",
    "pods_are_injected",
    "has not (yet) seen its annotation",
    "https://github.com/aws/amazon-eks-pod-identity-webhook/issues/83",
    "https://github.com/aws/amazon-eks-pod-identity-webhook/issues/108",
    "https://github.com/aws/amazon-eks-pod-identity-webhook/issues/194",
)
def webhook_does_not_know_the_account(world: World) -> World:
    """`mutated: false` now and then: the service account is not in the webhook's cache."""
    return FAULTS["account-is-not-in-the-cache"].apply(world)


@scenario(
    39,
    "EKS",
    "native_sidecars_stay_sidecars",
    "drops restartPolicy of init containers",
    "https://github.com/aws/amazon-eks-pod-identity-webhook/issues/208",
    "https://github.com/kubernetes/kops/issues/16802",
)
def webhook_breaks_native_sidecars(world: World) -> World:
    """Pods with a native sidecar hang at `Init:0/1`: the webhook makes a plain init container of it."""
    return FAULTS["webhook-is-older-than-sidecars"].apply(world)


@scenario(
    45,
    "irsa-manager",
    "running_pods_were_injected",
    "hours older than the annotation",
    "https://github.com/kkb0318/irsa-manager/issues/7",
)
def pod_is_older_than_the_setup(world: World) -> World:
    """`Unable to locate credentials`: the account was set up after its pod was created."""
    return FAULTS["pod-was-never-injected"].apply(world)
