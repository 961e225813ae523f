"""What a new pod of each account gets in a world, as its webhooks decide."""

from collections.abc import Mapping
from dataclasses import replace

from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.injection import (
    DEFAULT_TOKEN,
    SIDECAR,
    Backend,
    Container,
    DryRun,
    Mount,
    Namespace,
    Refused,
    Requirement,
    Shape,
    Variable,
    Volume,
    Webhook,
)
from keystone_check.model.world import World
from keystone_check.sandbox.authorities import NAMES, trusts
from keystone_check.sandbox.kube.calling import Call, met
from keystone_check.sandbox.kube.mutation import VOLUME
from keystone_check.sandbox.kube.pods import TOKEN_PATH
from keystone_check.sandbox.kube.state import Grant, Identity

_PROBE = {"app.kubernetes.io/managed-by": "keystone-check"}


def shape(container: str, grant: Grant | None) -> Shape:
    """A pod of one container as the API server leaves it, with what the webhook adds."""
    token = Volume(DEFAULT_TOKEN, "token", "token", "", 3607)
    mount = Mount(DEFAULT_TOKEN, TOKEN_PATH)
    if grant is None:
        return Shape((Container(container, (), (mount,)),), (token,))
    identity = Volume(VOLUME, "token", "token", grant.audience, grant.expiration)
    mounts = (mount, Mount(VOLUME, grant.folder))
    return Shape((Container(container, _variables(grant), mounts),), (identity, token))


def _variables(grant: Grant) -> tuple[Variable, ...]:
    regional = (("AWS_STS_REGIONAL_ENDPOINTS", "regional"),) if grant.regional else ()
    region = (("AWS_DEFAULT_REGION", grant.region), ("AWS_REGION", grant.region)) if grant.region else ()
    own = (("AWS_ROLE_ARN", grant.role_arn), ("AWS_WEB_IDENTITY_TOKEN_FILE", f"{grant.folder}/token"))
    return tuple(Variable(name, "value", value) for name, value in (*regional, *region, *own))


def injected(world: World, identity: Identity) -> World:
    """The world with the dry runs as a webhook with these settings makes them."""
    assert isinstance(world.accounts, Subjects)
    found = ((name, injection(world, identity, name, it)) for name, it in world.accounts.seen())
    return replace(world, injections=Subjects(tuple(found)))


def injection(world: World, identity: Identity, name: str, account: ServiceAccount) -> DryRun | Refused:
    """What a new pod of this account gets."""
    if name in identity.refused:
        return Refused(f'pods "keystone-check" is forbidden: {identity.refused[name]}')
    grant = None
    for found in asked(world, account.namespace):
        failure = call(world, found).failure()
        if failure and found.failure_policy != "Ignore":
            return Refused(f"Internal error occurred: {failure}")
        grant = grant if failure else identity.grant(name, account.annotations)
    return DryRun(shape("probe", grant), dropped=(SIDECAR,) if grant and identity.is_old else ())


def asked(world: World, namespace: str) -> tuple[Webhook, ...]:
    """The webhooks that select a dry run's pod in this namespace."""
    assert isinstance(world.webhooks, Subjects)
    assert isinstance(world.namespaces, Subjects)
    space = world.namespaces[namespace]
    assert isinstance(space, Namespace)
    return tuple(
        found
        for _, found in world.webhooks.seen()
        if _selects(found.namespaces, space.labels) and _selects(found.objects, _PROBE)
    )


def _selects(requirements: tuple[Requirement, ...], labels: Mapping[str, str]) -> bool:
    return all(met(it.key, it.operator, it.values, dict(labels)) for it in requirements)


def call(world: World, found: Webhook) -> Call:
    """How the API server fares that calls this webhook."""
    assert isinstance(world.webhook_backends, Subjects)
    backend = world.webhook_backends[found.service] if found.service else None
    namespace, _, service = found.service.partition("/")
    return Call(
        webhook=found.name,
        namespace=namespace,
        service=service,
        port=found.port,
        path=found.url,
        timeout=found.timeout,
        service_there=isinstance(backend, Backend),
        ready=backend.ready if isinstance(backend, Backend) else 0,
        trusted=trusts(found.authorities, world.now),
        names=NAMES,
    )


def pods_settled(before: World, after: World) -> World:
    """`after` with what follows from its accounts, where they changed and nothing else was said about it.

    New pods of accounts whose annotations changed get something else; running pods stay as they are.
    """
    if not isinstance(after.accounts, Subjects) or after.accounts == before.accounts:
        return after
    after = _peopled(after)
    said = after.injections != before.injections
    return after if said or isinstance(after.injections, Missing) else _reinjected(before, after)


def _reinjected(before: World, after: World) -> World:
    assert isinstance(before.accounts, Subjects)
    assert isinstance(after.accounts, Subjects)
    assert isinstance(after.injections, Subjects)
    identity, old, found = identity_of(before), dict(before.accounts), dict(after.injections)
    for name, account in after.accounts:
        if isinstance(account, Missing):
            found[name] = account
        elif isinstance(account, ServiceAccount) and old.get(name) != account:
            found[name] = injection(after, identity, name, account)
    there = (name for name, account in after.accounts if not isinstance(account, Absent))
    return replace(after, injections=Subjects(tuple((name, found[name]) for name in there)))


def _peopled(world: World) -> World:
    """The world with the namespaces of its accounts, and no pod of an account that is not bound."""
    if isinstance(world.namespaces, Missing) or isinstance(world.pods, Missing):
        return world
    assert isinstance(world.accounts, Subjects)
    known = dict(world.namespaces)
    names = sorted(
        {name.partition("/")[0] for name, account in world.accounts if not isinstance(account, Absent)}
    )
    spaces = tuple((it, known.get(it) or Namespace(it, {"kubernetes.io/metadata.name": it})) for it in names)
    bound = {name for name, _ in world.accounts.seen()}
    pods = tuple((name, pod) for name, pod in world.pods.seen() if f"{pod.namespace}/{pod.account}" in bound)
    templates = world.templates
    if isinstance(templates, Subjects):
        kept = ((it, one) for it, one in templates.seen() if f"{one.namespace}/{one.account}" in bound)
        templates = Subjects(tuple(kept))
    return replace(world, namespaces=Subjects(spaces), pods=Subjects(pods), templates=templates)


def identity_of(world: World) -> Identity:
    """The settings of a webhook that makes of pods what this world's dry runs show."""
    if not isinstance(world.injections, Subjects) or not isinstance(world.accounts, Subjects):
        return Identity()
    regions = (
        it.shape.containers[0].value("AWS_REGION")
        for _, it in world.injections.seen()
        if isinstance(it, DryRun)
    )
    dropped = any(it.dropped for _, it in world.injections.seen() if isinstance(it, DryRun))
    plain = Identity(next((region for region in regions if region), ""), is_old=dropped)
    cached, refused = dict[str, tuple[Mapping[str, str], Grant | None]](), dict[str, str]()
    for name, account in world.accounts.seen():
        shown = world.injections[name]
        if isinstance(shown, Refused) and "is forbidden: " in shown.message:
            refused[name] = shown.message.partition("is forbidden: ")[2]
        elif isinstance(shown, DryRun) and shown != injection(world, plain, name, account):
            cached[name] = (account.annotations, _grant(shown.shape))
    return replace(plain, cached=cached, refused=refused)


def _grant(shown: Shape) -> Grant | None:
    volume, container = shown.volume(VOLUME), shown.containers[0]
    if volume is None:
        return None
    return Grant(
        role_arn=container.value("AWS_ROLE_ARN"),
        audience=volume.audience,
        expiration=volume.expiration,
        region=container.value("AWS_REGION"),
        regional=container.sets("AWS_STS_REGIONAL_ENDPOINTS"),
        folder=next(mount.path for mount in container.mounts if mount.volume == VOLUME),
    )
