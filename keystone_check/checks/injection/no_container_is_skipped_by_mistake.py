"""The annotation that skips containers names some of the pod, and not all.

## Why it matters
`eks.amazonaws.com/skip-containers` on a pod keeps the webhook from the containers that it names, separated
by commas without spaces. A name with a space before it or a former name skips nothing, so that a container
gets a role that was not meant for it; a list of all of them leaves a pod without role, whose SDK says
`Unable to locate credentials`.

## How to fix
Name the containers exactly, or take the annotation out of the pod template.

## References
- https://github.com/aws/amazon-eks-pod-identity-webhook#pod-annotations
"""

import csv
from collections.abc import Iterator

from keystone_check.checks.injecting import Workload, edit, workloads
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.injection import RunningPod

severity = Severity.MEDIUM


def judge(pods: Subjects[RunningPod]) -> Iterator[Finding]:
    """One finding a workload."""
    for workload in workloads(pods):
        mistaken = next((said for pod in workload.pods if (said := _mistake(pod))), "")
        if mistaken:
            yield _amiss(workload, mistaken)
        else:
            skipped = dict.fromkeys(name for pod in workload.pods for name in _named(pod))
            yield holds(workload.subject, f"skipped: {', '.join(skipped)}" if skipped else "")


def _named(pod: RunningPod) -> list[str]:
    """As the webhook reads it: the first record of a CSV text."""
    return next(csv.reader([pod.skipped]), []) if pod.skipped else []


def _mistake(pod: RunningPod) -> str:
    named, there = _named(pod), [container.name for container in pod.shape.containers]
    unknown = [name for name in named if name not in there]
    if unknown:
        return f"skips {', '.join(map(repr, unknown))}; its containers are {', '.join(there)}"
    return f"skips all of its containers: {', '.join(there)}" if named and set(there) <= set(named) else ""


def _amiss(workload: Workload, mistaken: str) -> Finding:
    annotation = "eks.amazonaws.com/skip-containers"
    return broken(
        workload.subject,
        f"its annotation {annotation} {mistaken}",
        Evidence("running pods", "names of some of the pod's containers", workload.pods[0].skipped),
        edit(workload, "which containers are meant is known to its owner", f"annotation {annotation}"),
    )
