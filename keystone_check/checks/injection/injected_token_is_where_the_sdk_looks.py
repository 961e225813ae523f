"""The token lies where AWS_WEB_IDENTITY_TOKEN_FILE says.

## Why it matters
SDKs read the file that the variable names. Where no volume puts a token there, they fail with `[Errno 2] No
such file or directory: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'` (botocore),
`WebIdentityErr: failed fetching WebIdentity token` (Go) or `InvalidConfigError`. It happens where a
template presets the variables: the webhook then adds the volume, and in one case no mount.

## How to fix
Mount the projected token in the folder of that file, or take the variables out of the template and let the
webhook set all of it.

## References
- https://github.com/aws/amazon-eks-pod-identity-webhook/issues/82
- https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
"""

from collections.abc import Iterator

from keystone_check.checks.injecting import (
    DEFAULT_TOKEN_FOLDER,
    edit,
    held,
    normal,
    token_volumes,
    workloads,
)
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, blocked, broken, gap, holds
from keystone_check.model.injection import TOKEN_FILE, Container, DryRun, Refused, RunningPod, Shape

severity = Severity.HIGH


def judge(injections: Subjects[DryRun | Refused], pods: Subjects[RunningPod] | Missing) -> Iterator[Finding]:
    """One finding a service account whose dry run got the variable, and one a workload that has it."""
    for name, shown in injections:
        if isinstance(shown, Absent | Missing):
            yield gap(name, shown)
        elif isinstance(shown, DryRun) and any(it.value(TOKEN_FILE) for it in shown.shape.containers):
            astray = tuple(_astray(shown.shape))
            yield _nowhere(name, "create pods, as a dry run", shown.shape, astray) if astray else holds(name)
    if isinstance(pods, Missing):
        yield blocked(pods.fact, pods)
        return
    for workload in workloads(pods):
        shapes = [
            pod.shape for pod in workload.pods if any(it.value(TOKEN_FILE) for it in pod.shape.containers)
        ]
        lost = next((shape for shape in shapes if any(_astray(shape))), None)
        if lost is not None:
            found = _nowhere(workload.subject, "running pods", lost, tuple(_astray(lost)))
            repair = edit(workload, "the mount stands in the template", "volumeMounts: the token's volume")
            yield broken(found.subject, found.message, _evidence("running pods", lost), repair)
        elif shapes:
            yield holds(workload.subject)


def _astray(shape: Shape) -> Iterator[Container]:
    """Containers whose file is in no token volume; the API server's own token has a check of its own."""
    for container in shape.containers:
        path = normal(container.value(TOKEN_FILE))
        if path and not path.startswith(DEFAULT_TOKEN_FOLDER) and held(shape, container) is None:
            yield container


def _nowhere(subject: str, source: str, shape: Shape, astray: tuple[Container, ...]) -> Finding:
    names = ", ".join(it.name for it in astray)
    message = f"{TOKEN_FILE} of {names} is {astray[0].value(TOKEN_FILE)}; {_places(shape, astray[0])}"
    return broken(subject, message, _evidence(source, shape))


def _evidence(source: str, shape: Shape) -> Evidence:
    first = next(_astray(shape))
    return Evidence(source, f"a token at {first.value(TOKEN_FILE)}", _places(shape, first))


def _places(shape: Shape, container: Container) -> str:
    mounted = [(it, shape.volume(it.volume)) for it in container.mounts]
    places = [f"{it.path}/{volume.path}" for it, volume in mounted if volume is not None and volume.audience]
    if places:
        return f"its token is at {', '.join(places)}"
    unmounted = ", ".join(it.name for it in token_volumes(shape))
    why = f", though the pod has {unmounted}: a template that sets the variables itself gets no mount of it"
    return f"no token volume is mounted{why if unmounted else ''}"
