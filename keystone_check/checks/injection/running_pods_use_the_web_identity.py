"""No access key stands before the web identity of a running pod.

## Why it matters
SDKs look for `AWS_ACCESS_KEY_ID` first: where it is set, from a Secret or literally, role and token are
never used. Calls then come from an IAM user, with that user's rights: `AccessDenied … User:
arn:aws:iam::…:user/… is not authorized to perform …`, or worse, they succeed. A profile (`AWS_PROFILE`) may
do the same; container credentials (`AWS_CONTAINER_CREDENTIALS_FULL_URI`) come after the web identity. What a
container imports as a whole (`envFrom`) may hold a key, too: the names of such Secrets and ConfigMaps are
told, and nobody reads them.

## How to fix
Take the keys out of the pod template, restart the workload, and delete the keys in IAM.

## References
- https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
- https://boto3.amazonaws.com/v1/documentation/api/latest/guide/credentials.html
- https://github.com/external-secrets/kubernetes-external-secrets/issues/452
"""

from collections.abc import Iterator

from keystone_check.checks.injecting import Workload, edit, workloads
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.injection import RunningPod, Variable

severity = Severity.HIGH
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
TELLING = ("AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI")


def judge(pods: Subjects[RunningPod]) -> Iterator[Finding]:
    """One finding a workload."""
    for workload in workloads(pods):
        keys = [(pod, it) for pod in workload.pods if (it := _key(pod))]
        if keys:
            yield _shadowed(workload, keys[0][1], len(keys))
        else:
            yield holds(workload.subject, _beside(workload))


def _key(pod: RunningPod) -> Variable | None:
    variables = (it for container in pod.shape.containers for it in container.variables)
    return next((it for it in variables if it.name in KEYS), None)


def _beside(workload: Workload) -> str:
    found = {
        it.name for pod in workload.pods for container in pod.shape.containers for it in container.variables
    }
    told = [f"{name} is set as well" for name in TELLING if name in found]
    imports = {it for pod in workload.pods for one in pod.shape.containers for it in one.imports}
    told += sorted(f"{it} may hold {KEYS[0]}; nobody looked" for it in imports)
    return ", ".join(told)


def _shadowed(workload: Workload, key: Variable, affected: int) -> Finding:
    seen = f"{key.name} from a {key.source}"
    return broken(
        workload.subject,
        f"{workload.some(affected)} has {seen}, which SDKs take before role and token",
        Evidence("running pods", "no access key", seen),
        edit(workload, "without the keys it has the role's rights alone", f"env: without {', '.join(KEYS)}"),
    )
