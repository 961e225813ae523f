"""Running pods have the role that their service account names now.

## Why it matters
Pods are changed when they are created, and never again. One that started before the annotation, while the
webhook was down, or before the webhook knew the account has no `AWS_ROLE_ARN`; one that started before a
change has the former role. The first says `Unable to locate credentials` or quietly uses the node's role
where it reaches 169.254.169.254; the second `Not authorized to perform sts:AssumeRoleWithWebIdentity`, or
goes on with the former role.

## How to fix
Restart the workload, so that its pods are created anew: `keystone-check --fix --restart`, which does what
`kubectl rollout restart` does. Pods that nothing makes anew (bare ones, those of a Job) are for whoever made
them.

## References
- https://github.com/aws/amazon-eks-pod-identity-webhook/issues/174
- https://github.com/aws/amazon-eks-pod-identity-webhook/issues/108
- https://github.com/kkb0318/irsa-manager/issues/7
"""

from collections.abc import Iterator

from keystone_check.checks.injecting import Workload, bound, may_import, renew, restart, workloads
from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Severity, broken, holds
from keystone_check.model.injection import ROLE, TOKEN_FILE, DryRun, Refused, RunningPod, Webhook

severity = Severity.HIGH


def judge(
    accounts: Subjects[ServiceAccount],
    pods: Subjects[RunningPod],
    webhooks: Subjects[Webhook] | Missing,
    injections: Subjects[DryRun | Refused] | Missing,
    now: int,
) -> Iterator[Finding]:
    """One finding a workload whose service account names a role."""
    for workload in workloads(pods):
        account = next((it for pod in workload.pods if (it := bound(accounts, pod))), None)
        if account is not None:
            repair = _repair(workload, account, webhooks, injections, now)
            yield _judged(workload, account, repair)


def _repair(
    workload: Workload,
    account: ServiceAccount,
    webhooks: Subjects[Webhook] | Missing,
    injections: Subjects[DryRun | Refused] | Missing,
    now: int,
) -> Repair:
    """A restart, where the dry run shows that new pods get what these lack."""
    name = f"{account.namespace}/{account.name}"
    shown = None if isinstance(injections, Missing) else injections[name]
    given = isinstance(shown, DryRun) and any(
        it.value(ROLE) == account.role_arn for it in shown.shape.containers
    )
    if not given or isinstance(webhooks, Missing) or any(_opts_out(pod, webhooks) for pod in workload.pods):
        return restart(workload, "it helps once new pods get the role, which nothing shows that they do")
    return renew(workload, now)


def _opts_out(pod: RunningPod, webhooks: Subjects[Webhook]) -> bool:
    """Whether the template keeps the webhook away from the pod, or from containers of it."""
    unmet = any(not it.met(pod.labels) for _, webhook in webhooks.seen() for it in webhook.objects)
    return bool(pod.skipped) or unmet


def _judged(workload: Workload, account: ServiceAccount, repair: Repair) -> Finding:
    bare = [pod for pod in workload.pods if _is_bare(pod)]
    if bare:
        return _never(workload, account, bare, repair)
    former = [arn for pod in workload.pods for arn in _others(pod, account.role_arn)]
    return _stale(workload, account, former, repair) if former else holds(workload.subject)


def _is_bare(pod: RunningPod) -> bool:
    """One that mounts a token may import the variables from where nobody looked."""
    named = any(it.sets(ROLE) or it.sets(TOKEN_FILE) for it in pod.shape.containers)
    return not named and not may_import(pod.shape)


def _others(pod: RunningPod, role_arn: str) -> Iterator[str]:
    """Literal roles alone: where a variable comes from elsewhere, its value is not known."""
    found = dict.fromkeys(it.value(ROLE) for it in pod.shape.containers if it.value(ROLE))
    yield from [arn for arn in found if arn != role_arn][:1]


def _never(workload: Workload, account: ServiceAccount, bare: list[RunningPod], repair: Repair) -> Finding:
    reaches = "on the node's network, its SDK reaches" if bare[0].host_network else "its SDK may take"
    seen = f"neither {ROLE} nor {TOKEN_FILE}"
    why = f"{_older(account, bare)}; {reaches} the node's role"
    return broken(
        workload.subject,
        f"{workload.some(len(bare))} got {seen} at creation, so not the role {account.role_arn}{why}",
        Evidence("running pods", account.role_arn, seen),
        repair,
    )


def _older(account: ServiceAccount, bare: list[RunningPod]) -> str:
    minutes = (account.annotated - min(pod.created for pod in bare)) // 60
    if not account.annotated or minutes <= 0:
        return ""
    age = f"{minutes // 60} hours" if minutes >= 120 else f"{minutes} minutes"
    return f"; it is {age} older than the annotation"


def _stale(workload: Workload, account: ServiceAccount, former: list[str], repair: Repair) -> Finding:
    return broken(
        workload.subject,
        f"{workload.some(len(former))}: role {former[0]}; the annotation says {account.role_arn}",
        Evidence("running pods", account.role_arn, former[0]),
        repair,
    )
