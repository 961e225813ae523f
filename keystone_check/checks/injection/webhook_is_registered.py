"""Something gives pods the role and the token: a webhook, or their templates themselves.

## Why it matters
Without the pod identity webhook nobody acts on the annotation `eks.amazonaws.com/role-arn`: pods start
without `AWS_ROLE_ARN`, `AWS_WEB_IDENTITY_TOKEN_FILE` and the volume `aws-iam-token`, and nothing says so.
SDKs answer `Unable to locate credentials` (botocore, AWS CLI) or `NoCredentialProviders: no valid providers
in chain` (Go), or quietly take the node's role. Seen in the wild: a registration lost in an upgrade, and an
install that left none. A template that holds variables, volume and mount itself works just as well without
a webhook; so do those of CronJobs, of which no pod runs between two runs. Who is bound that way and has a
CronJob that brings everything needs no webhook.

## How to fix
Install the webhook with its MutatingWebhookConfiguration, then restart the pods; or write variables,
projected volume and mount into the pod templates.

## References
- https://github.com/aws/amazon-eks-pod-identity-webhook
- https://github.com/aws/amazon-eks-pod-identity-webhook/issues/176
- https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html
"""

from collections.abc import Iterator

from keystone_check.checks.injecting import equipped, is_by_hand, is_injected, may_import
from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    blocked,
    broken,
    gap,
    holds,
    not_applicable,
)
from keystone_check.model.injection import DryRun, Refused, RunningPod, Shape, Template, Webhook

severity = Severity.HIGH


def judge(
    accounts: Subjects[ServiceAccount],
    webhooks: Subjects[Webhook],
    injections: Subjects[DryRun | Refused] | Missing,
    pods: Subjects[RunningPod] | Missing,
    templates: Subjects[Template] | Missing,
) -> Iterator[Finding]:
    """One finding a webhook; where there is none, one a bound service account."""
    bound = [(name, it) for name, it in accounts if not isinstance(it, ServiceAccount) or it.role_arn]
    if webhooks.entries and bound:
        yield from (holds(name) for name, _ in webhooks)
        return
    for name, account in bound:
        if isinstance(account, Absent | Missing):
            yield gap(name, account)
        else:
            shown = injections if isinstance(injections, Missing) else injections[name]
            yield _without(name, shown, pods, templates)


def _without(
    name: str,
    shown: object,
    pods: Subjects[RunningPod] | Missing,
    templates: Subjects[Template] | Missing,
) -> Finding:
    if is_injected(shown):
        return holds(name, "a new pod gets role and token, by a webhook that has another name")
    if isinstance(pods, Missing):
        return blocked(name, pods)
    own = [pod for _, pod in pods.seen() if f"{pod.namespace}/{pod.account}" == name]
    if own and all(is_by_hand(pod.shape) for pod in own):
        return holds(name, "its pods' templates hold variables, volume and mount themselves")
    if own and all(is_by_hand(pod.shape) or may_import(pod.shape) for pod in own):
        return not_applicable(name, "role and token file may come from what its pods import; nobody looked")
    if isinstance(shown, Missing):
        return blocked(name, shown)
    if not own and isinstance(templates, Missing):
        return blocked(name, templates)
    idle = [] if isinstance(templates, Missing) or own else _of(name, templates)
    if idle and all(_brings_all(shape) for shape in idle):
        return not_applicable(name, "its CronJobs bring variables, volume and mount, and none runs now")
    return _nothing(name, own)


def _of(name: str, templates: Subjects[Template]) -> list[Shape]:
    return [it.shape for _, it in templates.seen() if f"{it.namespace}/{it.account}" == name]


def _brings_all(shape: Shape) -> bool:
    return bool(equipped(shape)) or may_import(shape)


def _nothing(name: str, own: list[RunningPod]) -> Finding:
    seen = "no pod identity webhook is registered, and a dry run of a pod gets nothing"
    return broken(
        name,
        f"{seen}{_left(own)}",
        Evidence(
            "list mutatingwebhookconfigurations.admissionregistration.k8s.io", "a webhook for pods", "none"
        ),
        Repair(
            "install the pod identity webhook",
            Safety.MANUAL,
            "it is a program that has to run in the cluster",
            steps=(
                "git clone https://github.com/aws/amazon-eks-pod-identity-webhook",
                "cd amazon-eks-pod-identity-webhook",
                "make cluster-up IMAGE=amazon/amazon-eks-pod-identity-webhook:latest",
                "kubectl get mutatingwebhookconfigurations pod-identity-webhook",
            ),
        ),
    )


def _left(own: list[RunningPod]) -> str:
    """What the running pods tell of the past: a registration was lost, or there never was one."""
    if any(equipped(pod.shape) for pod in own):
        return "; its running pods still have what a webhook gave them, new ones will not"
    return (
        "; its running pods never got anything either: an install may have left the registration out"
        if own
        else ""
    )
