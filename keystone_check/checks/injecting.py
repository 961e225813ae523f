"""What the checks of the link injection share: workloads, what a container has, how a restart is said."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from keystone_check.iam.arns import read_role_arn
from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Repair, Safety
from keystone_check.model.injection import (
    DEFAULT_TOKEN,
    ROLE,
    TOKEN_FILE,
    Container,
    DryRun,
    Refused,
    RunningPod,
    Shape,
    Volume,
)
from keystone_check.model.workload import RestartWorkload

DEFAULT_TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount"
"""Where the API server mounts its own token, which STS refuses."""
NEWEST = 99
RESTARTED = ("deployment", "statefulset", "daemonset")


@dataclass(frozen=True, slots=True)
class Workload:
    """The pods that came from one template, or a pod of its own."""

    namespace: str
    kind: str
    name: str
    pods: tuple[RunningPod, ...]

    @property
    def subject(self) -> str:
        return f"{self.namespace}/{self.kind}/{self.name}"

    def some(self, affected: int) -> str:
        """How many of its pods are meant: `its pod`, `all 3 pods`, `2 of 3 pods`."""
        if len(self.pods) == 1:
            return "its pod"
        return (
            f"all {affected} pods" if affected == len(self.pods) else f"{affected} of {len(self.pods)} pods"
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"


def workloads(pods: Subjects[RunningPod]) -> Iterator[Workload]:
    """The running pods by what they came from."""
    found = dict[tuple[str, str, str], list[RunningPod]]()
    for _, pod in pods.seen():
        found.setdefault((pod.namespace, *pod.workload), []).append(pod)
    yield from (Workload(*key, tuple(members)) for key, members in found.items())


def bound(accounts: Subjects[ServiceAccount], pod: RunningPod) -> ServiceAccount | None:
    """The account of the pod, where its annotation is a role ARN that says what belongs into the pod."""
    account = accounts[f"{pod.namespace}/{pod.account}"]
    fits = isinstance(account, ServiceAccount) and read_role_arn(account.role_arn)
    return account if isinstance(account, ServiceAccount) and fits else None


def equipped(shape: Shape) -> tuple[Container, ...]:
    """The containers that have both variables and see a token at the place that they name."""
    return tuple(it for it in shape.containers if it.sets(ROLE) and held(shape, it) is not None)


def held(shape: Shape, container: Container) -> Volume | None:
    """The volume in which the container's token file lies; None where it lies in none."""
    path = normal(container.value(TOKEN_FILE))
    for mount in sorted(container.mounts, key=lambda it: -len(it.path)):
        volume = shape.volume(mount.volume)
        folder = normal(mount.path)
        if volume is None or not path.startswith(f"{folder}/"):
            continue
        if volume.kind == "secret" or path == f"{folder}/{volume.path}":
            return volume
    return None


def normal(path: str) -> str:
    """A path as Linux writes it: the webhook writes those of Windows pods with a drive."""
    return path.removeprefix("C:").replace("\\", "/").rstrip("/")


def token_volumes(shape: Shape) -> tuple[Volume, ...]:
    """The projected tokens that are not the API server's own."""
    return tuple(it for it in shape.volumes if it.kind == "token" and it.name != DEFAULT_TOKEN)


def is_injected(found: object) -> bool:
    """Whether a dry run got variables, volume and mount."""
    return isinstance(found, DryRun) and len(equipped(found.shape)) == len(found.shape.containers)


def may_import(shape: Shape) -> bool:
    """Whether a token is mounted whose variables may come from what a container imports (`envFrom`)."""
    mine = {volume.name for volume in token_volumes(shape)}
    return any(it.imports and any(mount.volume in mine for mount in it.mounts) for it in shape.containers)


def is_by_hand(shape: Shape) -> bool:
    """Whether the template holds variables, volume and mount itself.

    What a template holds is mounted before the API server's own token, what a webhook adds after it.
    """
    containers = equipped(shape)
    return bool(containers) and not any(_is_late(shape, it.name) for it in containers)


def _is_late(shape: Shape, name: str) -> bool:
    container = next(it for it in shape.containers if it.name == name)
    volume = held(shape, container)
    order = [mount.volume for mount in container.mounts]
    late = (
        DEFAULT_TOKEN in order
        and volume is not None
        and order.index(volume.name) > order.index(DEFAULT_TOKEN)
    )
    return late or (DEFAULT_TOKEN not in order and volume is not None and volume.name == "aws-iam-token")


def failed_call(found: object) -> str:
    """The API server's words when a webhook that must not fail could not be called; else empty."""
    message = found.message if isinstance(found, Refused) else ""
    return message if "failed calling webhook" in message else ""


def minor(version: str) -> int:
    """Of Kubernetes 1; a version that nobody can read is taken for a new one."""
    found = re.match(r"v1\.(\d+)", version)
    return int(found[1]) if found else NEWEST


def renew(workload: Workload, now: int) -> Repair:
    """New pods in place of those that run; bare pods and jobs have no owner that makes new ones."""
    if workload.kind not in RESTARTED:
        reason = f"nothing makes the pods of a {workload.kind} anew: whoever made it does"
        return restart(workload, reason)
    at = datetime.datetime.fromtimestamp(now, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    change = RestartWorkload(workload.kind, workload.namespace, workload.name, at)
    reason = (
        "what its pods are in the middle of is interrupted; pods get role and token when they are created"
    )
    return Repair(f"restart {workload}", Safety.RESTART, reason, (change,))


def restart(workload: Workload, reason: str) -> Repair:
    """The lines by which somebody puts new pods in place of those that run."""
    if workload.kind in RESTARTED:
        verbs = ("restart", "status")
        lines = [f"rollout {verb} {workload.kind}/{workload.name}" for verb in verbs]
    else:
        lines = [f"delete pod {pod.name}" for pod in workload.pods]
    steps = tuple(f"kubectl -n {workload.namespace} {line}" for line in lines)
    return Repair(f"restart {workload}", Safety.MANUAL, reason, steps=steps)


def edit(workload: Workload, reason: str, what: str) -> Repair:
    """What to change in the template that the pods came from."""
    name = f"{workload.kind}/{workload.name}"
    return Repair(
        f"edit the pod template of {workload}",
        Safety.MANUAL,
        reason,
        steps=(f"kubectl -n {workload.namespace} edit {name}", f"# {what}"),
    )
