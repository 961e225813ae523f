"""The webhook is asked about the pods of bound service accounts.

## Why it matters
The registration's objectSelector leaves pods out by their labels; the project's own leaves out those with
`eks.amazonaws.com/skip-pod-identity-webhook`, whatever its value, `"false"` included. Such a pod gets
neither role nor token, and nothing says so; SDKs answer `Unable to locate credentials` or take the node's
role.

## How to fix
Take the label out of the pod template, or give it the one that the selector asks for.

## References
- https://github.com/aws/amazon-eks-pod-identity-webhook/blob/master/deploy/mutatingwebhook.yaml
- https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-objectselector
"""

from collections.abc import Iterator

from keystone_check.checks.injecting import Workload, bound, edit, equipped, workloads
from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.injection import Requirement, RunningPod, Webhook

severity = Severity.HIGH


def judge(
    accounts: Subjects[ServiceAccount], webhooks: Subjects[Webhook], pods: Subjects[RunningPod]
) -> Iterator[Finding]:
    """One finding a workload, where there is a webhook."""
    found = [webhook for _, webhook in webhooks.seen()]
    for workload in workloads(pods) if found else ():
        if not any(bound(accounts, pod) for pod in workload.pods):
            continue
        left_out = [pod for pod in workload.pods if not _is_served(pod, found)]
        yield _skipped(workload, left_out, found[0]) if left_out else holds(workload.subject)


def _is_served(pod: RunningPod, webhooks: list[Webhook]) -> bool:
    """What a template has by hand needs no webhook."""
    return bool(equipped(pod.shape)) or any(not _unmet(it, pod) for it in webhooks)


def _unmet(webhook: Webhook, pod: RunningPod) -> tuple[Requirement, ...]:
    return tuple(it for it in webhook.objects if not it.met(pod.labels))


def _skipped(workload: Workload, pods: list[RunningPod], webhook: Webhook) -> Finding:
    unmet = _unmet(webhook, pods[0])
    wanted = ", ".join(map(str, unmet))
    seen = ", ".join(
        f"{it.key}={pods[0].labels[it.key]}" if it.key in pods[0].labels else f"no {it.key}" for it in unmet
    )
    return broken(
        workload.subject,
        f"the webhook {webhook.name} asks for pods with {wanted}; {workload.some(len(pods))} has {seen}",
        Evidence(f"mutatingwebhookconfiguration {webhook.configuration}", wanted, seen),
        edit(workload, "whether the pod was left out on purpose is known to its owner", f"labels: {wanted}"),
    )
