"""A native sidecar is still one when the webhook has been at the pod.

## Why it matters
The webhook sends the pod's lists of containers back as a whole. One that was built before Kubernetes 1.28
does not know `restartPolicy` of an init container and leaves it out: what was a native sidecar becomes an
init container that never ends, and the pod stays at `Init:0/1`. Where the sidecar has probes, it is refused:
`spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without
restartPolicy=Always`. Another mutating webhook with an old API does the same.

A dry run of a pod with a native sidecar shows it, from Kubernetes 1.29 on; nothing is created.

## How to fix
Update the webhook to a release that was made after January 2024, then delete the pods that hang.

## References
- https://github.com/aws/amazon-eks-pod-identity-webhook/issues/208
- https://github.com/aws/amazon-eks-pod-identity-webhook/pull/209
- https://github.com/kubernetes/kops/issues/16802
- https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
"""

from collections.abc import Iterator

from keystone_check.checks.injecting import minor
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    broken,
    gap,
    holds,
    not_applicable,
)
from keystone_check.model.injection import SIDECAR, DryRun, Refused

severity = Severity.HIGH
SINCE = 29
"""Kubernetes 1.29 has native sidecars unless they were switched off."""


def judge(cluster: Cluster, injections: Subjects[DryRun | Refused]) -> Iterator[Finding]:
    """One finding a service account whose dry run shows a pod."""
    for name, shown in injections:
        if isinstance(shown, Absent | Missing):
            yield gap(name, shown)
        elif isinstance(shown, DryRun):
            yield _judged(name, shown, cluster.version)


def _judged(name: str, shown: DryRun, version: str) -> Finding:
    if minor(version) < SINCE:
        return not_applicable(name, f"Kubernetes {version} has no native sidecars")
    return _plain(name) if SIDECAR in shown.dropped else holds(name)


def _plain(name: str) -> Finding:
    return broken(
        name,
        "a new pod of it loses its native sidecars: a webhook drops restartPolicy of init containers, "
        "which then never end",
        Evidence("create pods, as a dry run", "restartPolicy: Always", f"without {SIDECAR}"),
        Repair(
            "update the webhook",
            Safety.MANUAL,
            "the webhook belongs to its install",
            steps=(
                "kubectl get pods --all-namespaces -l app=pod-identity-webhook "
                "-o custom-columns=NAMESPACE:.metadata.namespace,IMAGE:.spec.containers[0].image",
                "kubectl -n NAMESPACE set image deployment/pod-identity-webhook "
                "pod-identity-webhook=amazon/amazon-eks-pod-identity-webhook:latest",
            ),
        ),
    )
