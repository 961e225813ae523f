"""The region settings that reach a pod agree and name a region.

## Why it matters
SDKs read `AWS_REGION`, some `AWS_DEFAULT_REGION`; the webhook sets both, if it was given
`--aws-default-region`, and none where the template has one of them. Two that differ send tools of one pod
to two regions; an availability zone or a blank gives `Could not connect to the endpoint URL:
"https://sts.eu-central-1a.amazonaws.com/"`. With none at all an SDK says `You must specify a region` unless
its code names one.

## How to fix
Correct the webhook's flag or the pod template, then restart the workload.

## References
- https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
- https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html
"""

import re
from collections.abc import Iterator

from keystone_check.checks.injecting import Workload, edit, workloads
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.injection import REGIONS, Container, RunningPod

severity = Severity.LOW
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")


def judge(pods: Subjects[RunningPod]) -> Iterator[Finding]:
    """One finding a workload."""
    for workload in workloads(pods):
        containers = [it for pod in workload.pods for it in pod.shape.containers]
        bent = next((it for it in containers if _is_bent(_literal(it))), None)
        if bent is not None:
            yield _amiss(workload, bent)
        elif not any(it.sets(name) for it in containers for name in REGIONS):
            yield holds(workload.subject, "no region is set: SDKs need one in their code or configuration")
        else:
            yield holds(workload.subject)


def _literal(container: Container) -> dict[str, str]:
    return {it.name: it.value for it in container.variables if it.name in REGIONS and it.source == "value"}


def _is_bent(values: dict[str, str]) -> bool:
    return len(set(values.values())) > 1 or not all(_REGION.fullmatch(it) for it in values.values())


def _amiss(workload: Workload, container: Container) -> Finding:
    seen = ", ".join(f"{name}={value!r}" for name, value in sorted(_literal(container).items()))
    return broken(
        workload.subject,
        f"container {container.name} has {seen}",
        Evidence("running pods", "one region in all of them, such as eu-central-1", seen),
        edit(workload, "which region is meant is known to its owner", f"env: {', '.join(REGIONS)}"),
    )
