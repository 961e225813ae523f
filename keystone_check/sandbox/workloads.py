"""The webhook and the running pods of a world in which every link holds."""

from dataclasses import replace

from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.injection import Backend, Namespace, Requirement, RunningPod, Shape, Webhook
from keystone_check.model.world import World
from keystone_check.sandbox.authorities import OWN, certificate
from keystone_check.sandbox.injecting import injected, shape
from keystone_check.sandbox.kube.mutation import VOLUME
from keystone_check.sandbox.kube.state import Identity

SERVICE = "pod-identity-webhook/pod-identity-webhook"
WEBHOOK = "pod-identity-webhook/pod-identity-webhook.amazonaws.com"
DAY = 86400
HASH = "5d8c7b9f6d"


def webhook() -> Webhook:
    """As the webhook's own manifests register it, with cert-manager's authority filled in."""
    configuration, _, name = WEBHOOK.partition("/")
    opted_out = Requirement("eks.amazonaws.com/skip-pod-identity-webhook", "DoesNotExist")
    return Webhook(
        configuration=configuration,
        name=name,
        service=SERVICE,
        url="/mutate",
        port=443,
        failure_policy="Ignore",
        timeout=10,
        reinvocation="Never",
        authorities=(certificate(OWN),),
        unreadable="",
        namespaces=(),
        objects=(opted_out,),
    )


def with_injection(world: World, region: str) -> World:
    """The world with a webhook, and one pod of each account that it gave the account's role."""
    assert isinstance(world.accounts, Subjects)
    found = tuple(account for _, account in world.accounts.seen())
    spaces = sorted({account.namespace for account in found})
    pods = tuple(running(account, region, world.now - DAY) for account in found)
    world = replace(
        world,
        webhooks=Subjects(((WEBHOOK, webhook()),)),
        webhook_backends=Subjects(((SERVICE, Backend((443,), 1, 0)),)),
        namespaces=Subjects(
            tuple((name, Namespace(name, {"kubernetes.io/metadata.name": name})) for name in spaces)
        ),
        pods=Subjects(tuple(sorted((f"{pod.namespace}/{pod.name}", pod) for pod in pods))),
        templates=Subjects(),
    )
    return injected(world, Identity(region))


def running(account: ServiceAccount, region: str, created: int) -> RunningPod:
    """A pod of a Deployment that has the account's name."""
    grant = Identity(region).grant("", account.annotations)
    assert grant is not None, "a bound account"
    return RunningPod(
        namespace=account.namespace,
        name=f"{account.name}-{HASH}-x2x4z",
        account=account.name,
        owner_kind="ReplicaSet",
        owner_name=f"{account.name}-{HASH}",
        labels={"app.kubernetes.io/name": account.name, "pod-template-hash": HASH},
        created=created,
        phase="Running",
        shape=shape(account.name, grant),
    )


def by_hand(world: World) -> World:
    """The world without a webhook, whose pod templates hold variables, volume and mount themselves."""
    assert isinstance(world.pods, Subjects)
    pods = Subjects(tuple((name, replace(pod, shape=_written(pod.shape))) for name, pod in world.pods.seen()))
    bare = replace(world, webhooks=Subjects(), webhook_backends=Subjects(), pods=pods)
    return injected(bare, Identity())


def _written(shape: Shape) -> Shape:
    """What a template holds comes before what the API server adds."""
    volumes = tuple(
        replace(volume, name="aws-token") if volume.name == VOLUME else volume for volume in shape.volumes
    )
    containers = tuple(
        replace(
            it,
            mounts=tuple(
                replace(mount, volume="aws-token") if mount.volume == VOLUME else mount
                for mount in reversed(it.mounts)
            ),
        )
        for it in shape.containers
    )
    return replace(shape, volumes=volumes, containers=containers)
