"""The user that a container runs as may read the token.

## Why it matters
Before Kubernetes 1.19 the projected token is 0600 of root. Since then it is the group's where the pod has
an fsGroup, the user's where all containers run as the same one, and for all to read otherwise, unless the
volume's `defaultMode` says less. A process that may not read it fails with `PermissionError: [Errno 13]
Permission denied: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'` or `open …/token: permission
denied`.

## How to fix
Give the pod a `securityContext.fsGroup`, or take `defaultMode` out of the volume.

## References
- https://github.com/aws/amazon-eks-pod-identity-webhook/issues/8
- https://github.com/fluxcd/source-controller/issues/284
- https://github.com/kubernetes/enhancements/tree/master/keps/sig-auth/1205-bound-service-account-tokens
"""

from collections.abc import Iterator

from keystone_check.checks.injecting import Workload, edit, held, minor, workloads
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.injection import Container, RunningPod, Shape, Volume

severity = Severity.HIGH
WORLD_READS = 0o004


def judge(cluster: Cluster, pods: Subjects[RunningPod]) -> Iterator[Finding]:
    """One finding a workload that has a token."""
    is_old = minor(cluster.version) < 19
    for workload in workloads(pods):
        tokens = [(pod.shape, *it) for pod in workload.pods for it in _tokens(pod.shape)]
        shut = next((it for it in tokens if not _may_read(*it, is_old)), None)
        if shut is not None:
            yield _shut(workload, shut[1], _mode(shut[2], is_old), shut[2].name, cluster.version)
        elif tokens:
            yield holds(workload.subject)


def _tokens(shape: Shape) -> Iterator[tuple[Container, Volume]]:
    for container in shape.containers:
        volume = held(shape, container)
        if volume is not None and volume.kind == "token":
            yield container, volume


def _may_read(shape: Shape, container: Container, volume: Volume, is_old: bool) -> bool:
    """Who an image runs as is not known, and is taken for somebody who may."""
    if container.user in (None, 0) or shape.group is not None:
        return True
    same = len({it.user for it in shape.containers}) == 1
    return not is_old and (same or bool(volume.mode & WORLD_READS))


def _mode(volume: Volume, is_old: bool) -> int:
    """What the volume asks for did not count before 1.19."""
    return 0o600 if is_old else volume.mode


def _shut(workload: Workload, container: Container, mode: int, volume: str, version: str) -> Finding:
    seen = f"user {container.user}, no fsGroup, mode {mode:04o}"
    return broken(
        workload.subject,
        f"container {container.name} runs as user {container.user} and may not read the token of volume "
        f"{volume}: mode {mode:04o} of root, and no fsGroup (Kubernetes {version})",
        Evidence(
            "running pods", "an fsGroup, one user for all containers, or a mode that lets all read", seen
        ),
        edit(
            workload,
            "users and groups are set in the template",
            f"securityContext: {{fsGroup: {container.user}}}",
        ),
    )
