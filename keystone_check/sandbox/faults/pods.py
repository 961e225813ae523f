"""Running pods have no role, another one, or something that comes before it."""

from collections.abc import Callable
from dataclasses import replace

from keystone_check.model.facts import Subjects
from keystone_check.model.injection import (
    DEFAULT_TOKEN,
    REGIONS,
    ROLE,
    TOKEN_FILE,
    Container,
    Import,
    Mount,
    RunningPod,
    Shape,
    Variable,
    Volume,
)
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import VICTIM, account_of
from keystone_check.sandbox.faults.fault import fault
from keystone_check.sandbox.injecting import shape
from keystone_check.sandbox.kube.mutation import VOLUME
from keystone_check.sandbox.kube.pods import TOKEN_PATH

FOLDER = "/var/run/secrets/eks.amazonaws.com/serviceaccount"


@fault(breaks=("running_pods_were_injected",))
def pod_was_never_injected(world: World) -> World:
    """The pod is older than the annotation, so it has neither role nor token."""
    account = replace(account_of(world), annotated=world.now - 3600)
    assert isinstance(world.accounts, Subjects)
    world = replace(world, accounts=world.accounts.put(VICTIM, account))
    return _with_pod(world, lambda pod: replace(pod, shape=shape("api", None)))


@fault(breaks=("running_pods_were_injected",))
def pod_is_older_than_the_role(world: World) -> World:
    """The pod has the role that the account was bound to before."""
    former = account_of(world).role_arn.replace(":role/api", ":role/former")
    return _with_variables(world, lambda it: replace(it, value=former) if it.name == ROLE else it)


@fault(breaks=("running_pods_were_injected", "webhook_selects_the_pods"))
def pod_opts_out(world: World) -> World:
    """The pod template has the label that keeps the webhook away, with the value "false"."""

    def edit(pod: RunningPod) -> RunningPod:
        labels = dict(sorted({**pod.labels, "eks.amazonaws.com/skip-pod-identity-webhook": "false"}.items()))
        return replace(pod, labels=labels, shape=shape("api", None))

    return _with_pod(world, edit)


@fault(breaks=("running_pods_use_the_web_identity",))
def pod_has_static_keys(world: World) -> World:
    """The pod template brings an access key from a Secret, which SDKs take first, and imports a whole one."""
    keys = (Variable("AWS_ACCESS_KEY_ID", "secret"), Variable("AWS_SECRET_ACCESS_KEY", "secret"))
    imports = (Import("secret", "api-environment"), Import("config map", "api-settings"))
    return with_containers(world, lambda it: replace(it, variables=(*keys, *it.variables), imports=imports))


@fault(breaks=("no_template_presets_the_variables",))
def template_presets_the_role(world: World) -> World:
    """The pod template sets AWS_ROLE_ARN itself, so that the webhook sets no token file."""
    return with_containers(
        world, lambda it: replace(it, variables=tuple(one for one in it.variables if one.name != TOKEN_FILE))
    )


@fault(breaks=("no_template_presets_the_variables", "injected_token_is_where_the_sdk_looks"))
def template_presets_everything_but_the_mount(world: World) -> World:
    """The pod template sets role, region and STS endpoint: the webhook adds a volume and no mount."""

    def edit(container: Container) -> Container:
        mounts = tuple(it for it in container.mounts if it.volume != VOLUME)
        regional = Variable("AWS_STS_REGIONAL_ENDPOINTS", "value", "regional")
        return replace(container, mounts=mounts, variables=(*container.variables, regional))

    return with_containers(world, edit)


@fault(breaks=("injected_token_is_where_the_sdk_looks",))
def token_file_is_elsewhere(world: World) -> World:
    """The pod template names another path than that under which it mounts the token."""
    return _with_token_file(world, "/var/run/secrets/sts/token")


@fault(breaks=("no_pod_uses_a_legacy_token",))
def token_is_the_api_servers(world: World) -> World:
    """The pod template points AWS_WEB_IDENTITY_TOKEN_FILE at the token for the API server."""
    return _with_token_file(world, f"{TOKEN_PATH}/token")


@fault(breaks=("no_pod_uses_a_legacy_token",))
def token_is_from_a_secret(world: World) -> World:
    """The pod template mounts the token of a Secret, which has no audience."""

    def edit(pod: RunningPod) -> RunningPod:
        (container,) = pod.shape.containers
        mounts = (Mount("api-token", FOLDER), *(it for it in container.mounts if it.volume != VOLUME))
        volumes = (Volume("api-token", "secret"), *(it for it in pod.shape.volumes if it.name != VOLUME))
        return replace(pod, shape=Shape((replace(container, mounts=mounts),), volumes))

    return _with_pod(world, edit)


@fault(breaks=("no_container_is_skipped_by_mistake",))
def skipped_container_has_another_name(world: World) -> World:
    """The annotation skips a container by a name that it had before."""
    return _with_pod(world, lambda pod: replace(pod, skipped="istio-proxy"))


@fault(breaks=("no_container_is_skipped_by_mistake", "running_pods_were_injected"))
def all_containers_are_skipped(world: World) -> World:
    """The annotation skips the only container of the pod."""
    return _with_pod(world, lambda pod: replace(pod, skipped="api", shape=_unmounted(pod.shape)))


@fault(breaks=("injected_token_has_the_audience",))
def volume_asks_for_another_audience(world: World) -> World:
    """The pod template projects a token for Vault and hands it to STS."""

    def edit(container: Container) -> Container:  # what a template mounts comes before the API server's own
        return replace(container, mounts=tuple(sorted(container.mounts, key=lambda it: it.volume != VOLUME)))

    return with_volumes(with_containers(world, edit), lambda it: replace(it, audience="vault"))


@fault(breaks=("projected_token_lives_long_enough",))
def token_lives_ten_minutes(world: World) -> World:
    """The pod template asks for the shortest life that there is."""
    return with_volumes(world, lambda it: replace(it, expiration=600))


@fault(breaks=("token_is_readable_by_the_user",))
def token_is_roots_alone(world: World) -> World:
    """The volume is for its owner alone, and the containers run as two users that are not root."""

    def edit(pod: RunningPod) -> RunningPod:
        (container,) = pod.shape.containers
        volumes = tuple(
            replace(it, mode=0o400) if it.name != DEFAULT_TOKEN else it for it in pod.shape.volumes
        )
        containers = (replace(container, user=1000), replace(container, name="sidecar", user=2000))
        return replace(pod, shape=replace(pod.shape, volumes=volumes, containers=containers))

    return _with_pod(world, edit)


@fault(breaks=("region_reaches_the_pod",))
def region_is_a_zone(world: World) -> World:
    """The pod template names an availability zone as the region."""

    def edit(variable: Variable) -> Variable:
        return replace(variable, value=f"{variable.value}a") if variable.name in REGIONS else variable

    return _with_variables(world, edit)


def _unmounted(found: Shape) -> Shape:
    """A skipped container: the webhook adds the volume to the pod alone."""
    bare = shape("api", None)
    return replace(bare, volumes=found.volumes)


def _with_pod(world: World, edit: Callable[[RunningPod], RunningPod]) -> World:
    assert isinstance(world.pods, Subjects)
    changed = (
        (name, edit(pod) if f"{pod.namespace}/{pod.account}" == VICTIM else pod)
        for name, pod in world.pods.seen()
    )
    return replace(world, pods=Subjects(tuple(changed)))


def with_containers(world: World, edit: Callable[[Container], Container]) -> World:
    """The world with every container of the victim's pods edited."""

    def edited(pod: RunningPod) -> RunningPod:
        return replace(pod, shape=replace(pod.shape, containers=tuple(map(edit, pod.shape.containers))))

    return _with_pod(world, edited)


def _with_variables(world: World, edit: Callable[[Variable], Variable]) -> World:
    return with_containers(world, lambda it: replace(it, variables=tuple(map(edit, it.variables))))


def _with_token_file(world: World, path: str) -> World:
    return _with_variables(world, lambda it: replace(it, value=path) if it.name == TOKEN_FILE else it)


def with_volumes(world: World, edit: Callable[[Volume], Volume]) -> World:
    """The world with the webhook's volume in the victim's pods edited."""

    def edited(pod: RunningPod) -> RunningPod:
        volumes = tuple(edit(it) if it.name == VOLUME else it for it in pod.shape.volumes)
        return replace(pod, shape=replace(pod.shape, volumes=volumes))

    return _with_pod(world, edited)
