"""The token in a running pod lives an hour or longer.

## Why it matters
The kubelet renews a projected token when four fifths of its life are over. What is left is the time for
which the API server may be away: two minutes of a token of 600 seconds, twelve of one that lives an hour.
After that, or with an SDK that reads the file once only, STS answers `Token expired: current date/time …
must be before the expiration date/time …` (ExpiredTokenException).

## How to fix
Ask for at least 3600 seconds in the volume or in the annotation `eks.amazonaws.com/token-expiration`; the
webhook's own default is 86400.

## References
- https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#launch-a-pod-using-service-account-token-projection
- https://github.com/aws/aws-sdk-java-v2/issues/5709
"""

from collections.abc import Iterator

from keystone_check.checks.injecting import Workload, edit, held, workloads
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.injection import DEFAULT_TOKEN, RunningPod

severity = Severity.LOW
LEAST = 3600


def judge(pods: Subjects[RunningPod]) -> Iterator[Finding]:
    """One finding a workload that has a token for STS."""
    for workload in workloads(pods):
        lives = [seconds for pod in workload.pods for seconds in _lives(pod)]
        if lives:
            yield _short(workload, min(lives)) if min(lives) < LEAST else holds(workload.subject)


def _lives(pod: RunningPod) -> Iterator[int]:
    for container in pod.shape.containers:
        volume = held(pod.shape, container)
        if volume is not None and volume.kind == "token" and volume.name != DEFAULT_TOKEN:
            yield volume.expiration


def _short(workload: Workload, seconds: int) -> Finding:
    return broken(
        workload.subject,
        f"its token lives {seconds} s, of which {seconds // 5} s are left when the kubelet renews it",
        Evidence("projected volumes of running pods", f"{LEAST} s or more", f"{seconds} s"),
        edit(workload, "the life stands in the template or in an annotation", f"expirationSeconds: {LEAST}"),
    )
