"""No pod template sets one of the webhook's variables itself.

## Why it matters
Where a container already has `AWS_ROLE_ARN` or `AWS_WEB_IDENTITY_TOKEN_FILE`, the webhook sets neither.
With only one of them set botocore says `InvalidConfigError`, or ignores the web identity, and SDKs answer
`Unable to locate credentials`. Where region and `AWS_STS_REGIONAL_ENDPOINTS` are preset as well, the
container gets no mount either: variables and volume are there, the file is not.

## How to fix
Take the variables out of the pod template; or write variables, volume and mount, all of them.

## References
- https://github.com/aws/amazon-eks-pod-identity-webhook/issues/82
- https://github.com/aws/amazon-eks-pod-identity-webhook/blob/master/pkg/handler/handler.go
"""

from collections.abc import Iterator

from keystone_check.checks.injecting import edit, held, token_volumes, workloads
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.injection import ROLE, TOKEN_FILE, Container, RunningPod, Shape

severity = Severity.HIGH
PAIR = (ROLE, TOKEN_FILE)


def judge(pods: Subjects[RunningPod]) -> Iterator[Finding]:
    """One finding a workload."""
    for workload in workloads(pods):
        bent = [
            said for pod in workload.pods for it in pod.shape.containers if (said := _preset(pod.shape, it))
        ]
        if bent:
            yield broken(
                workload.subject,
                f"{bent[0]}; the webhook then adds nothing to them",
                Evidence("running pods", f"{ROLE} and {TOKEN_FILE} from one hand", bent[0]),
                edit(
                    workload, "only its owner knows why it is there", f"env: without {ROLE} and {TOKEN_FILE}"
                ),
            )
        else:
            yield holds(workload.subject)


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
