"""No pod template sets one of the webhook's variables itself.

## Why it matters
Where a container already has `AWS_ROLE_ARN` or `AWS_WEB_IDENTITY_TOKEN_FILE`, the webhook sets neither.
With only one of them set botocore says `InvalidConfigError`, or ignores the web identity, and SDKs answer
`Unable to locate credentials`. Where region and `AWS_STS_REGIONAL_ENDPOINTS` are preset as well, the
container gets no mount either: variables and volume are there, the file is not. What is imported as a whole
(`envFrom`) the webhook does not look at, and its own variables come before them.

## How to fix
Take the variables out of the pod template; or write variables, volume and mount, all of them.

## References
- https://github.com/aws/amazon-eks-pod-identity-webhook/issues/82
- https://github.com/aws/amazon-eks-pod-identity-webhook/blob/master/pkg/handler/handler.go
"""

from collections.abc import Iterator

from keystone_check.checks.injecting import Workload, edit, held, token_volumes, workloads
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds, not_applicable
from keystone_check.model.injection import ROLE, TOKEN_FILE, Container, RunningPod, Shape

severity = Severity.HIGH
PAIR = (ROLE, TOKEN_FILE)


def judge(pods: Subjects[RunningPod]) -> Iterator[Finding]:
    """One finding a workload."""
    for workload in workloads(pods):
        containers = [(pod.shape, it) for pod in workload.pods for it in pod.shape.containers]
        bent = [(said, it) for shape, it in containers if (said := _preset(shape, it))]
        if not bent:
            yield holds(workload.subject)
        elif all(it.imports for _, it in bent):
            said, container = bent[0]
            source = container.imports[0]
            yield not_applicable(workload.subject, f"{said}, unless {source} brings it; nobody looked")
        else:
            yield _broken(workload, next(said for said, it in bent if not it.imports))


def _broken(workload: Workload, said: str) -> Finding:
    return broken(
        workload.subject,
        f"{said}; the webhook then adds nothing to them",
        Evidence("running pods", f"{ROLE} and {TOKEN_FILE} from one hand", said),
        edit(workload, "only its owner knows why it is there", f"env: without {ROLE} and {TOKEN_FILE}"),
    )


def _preset(shape: Shape, container: Container) -> str:
    """What the template must have set, for the webhook sets both or none; empty where nothing tells."""
    there = [name for name in PAIR if container.sets(name)]
    if len(there) == 1:
        other = TOKEN_FILE if there[0] == ROLE else ROLE
        return f"container {container.name} sets {there[0]} itself and lacks {other}"
    mounted = {mount.volume for mount in container.mounts}
    unused = [it.name for it in token_volumes(shape) if it.name not in mounted]
    if there and unused and held(shape, container) is None:
        return (
            f"container {container.name} sets {ROLE} and {TOKEN_FILE} itself and lacks a mount of {unused[0]}"
        )
    return ""
