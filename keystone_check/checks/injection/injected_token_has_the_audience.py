"""The token that pods get is made for the expected audience.

## Why it matters
The audience of the pod's token is what the projected volume asks for: the account's annotation
`eks.amazonaws.com/audience`, the webhook's flag `--token-audience`, or what a template says by hand.
Another one than the provider's client ids gets `Incorrect token audience` (InvalidIdentityToken) from STS.
In China too it is `sts.amazonaws.com`.

## How to fix
Correct the webhook's `--token-audience` or the template, then restart the pods; or give the account the
annotation.

## References
- https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html
- https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken
- https://github.com/terraform-aws-modules/terraform-aws-eks/issues/1704
"""

from collections.abc import Iterator

from keystone_check.checks.injecting import (
    Workload,
    edit,
    held,
    is_by_hand,
    renew,
    restart,
    token_volumes,
    workloads,
)
from keystone_check.model.change import SetAnnotation
from keystone_check.model.cluster import AUDIENCE, ServiceAccount
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
)
from keystone_check.model.injection import DEFAULT_TOKEN, DryRun, Refused, RunningPod
from keystone_check.model.world import Expected

severity = Severity.CRITICAL


def judge(
    accounts: Subjects[ServiceAccount],
    injections: Subjects[DryRun | Refused],
    pods: Subjects[RunningPod] | Missing,
    expected: Expected,
    now: int,
) -> Iterator[Finding]:
    """One finding a service account whose dry run got a token, and one a workload that has one."""
    for name, account in accounts:
        shown = injections[name] if isinstance(account, ServiceAccount) else account
        if isinstance(shown, Absent | Missing):
            yield gap(name, shown)
        elif isinstance(shown, DryRun) and isinstance(account, ServiceAccount) and token_volumes(shown.shape):
            yield _new(account, account.audience(expected.audience), shown)
    if isinstance(pods, Missing):
        yield blocked(pods.fact, pods)
        return
    for workload in workloads(pods):
        yield from _running(workload, accounts, injections, expected.audience, now)


def _new(account: ServiceAccount, wanted: str, shown: DryRun) -> Finding:
    given = [volume.audience for volume in token_volumes(shown.shape)]
    name = f"{account.namespace}/{account.name}"
    if wanted in given:
        return holds(name)
    seen = ", ".join(it or "the API server's own audience" for it in given)
    return broken(
        name,
        f"the token of a new pod is for {seen}; expected is {wanted}",
        Evidence("create pods, as a dry run", wanted, seen),
        _annotated(account, wanted),
    )


def _annotated(account: ServiceAccount, wanted: str) -> Repair | None:
    """None where it is annotated already: what the webhook makes of it no second writing mends."""
    before = account.annotations.get(AUDIENCE)
    if before == wanted:
        return None
    change = SetAnnotation(account.namespace, account.name, AUDIENCE, before, wanted)
    return Repair(
        f"annotate it with the audience {wanted}; for all accounts, --token-audience of the webhook does it",
        Safety.UNSAFE,
        "where provider and role were made for the other audience, new pods lose access",
        (change,),
    )


def _running(
    workload: Workload,
    accounts: Subjects[ServiceAccount],
    injections: Subjects[DryRun | Refused],
    default: str,
    now: int,
) -> Iterator[Finding]:
    found = {audience for pod in workload.pods for audience in _audiences(pod)}
    name = f"{workload.namespace}/{workload.pods[0].account}"
    account = accounts[name]
    if not found or not isinstance(account, ServiceAccount):
        return
    wanted = account.audience(default)
    others = sorted(found - {wanted, default})
    if not others:
        yield holds(workload.subject)
        return
    seen = ", ".join(it or "the API server's own audience" for it in others)
    yield broken(
        workload.subject,
        f"the token in its pods is for {seen}; expected is {wanted}",
        Evidence("projected volumes of running pods", wanted, seen),
        _renewed(workload, wanted, injections[name], now),
    )


def _renewed(workload: Workload, wanted: str, shown: object, now: int) -> Repair:
    """A restart, where the dry run shows that new pods get a token for the audience."""
    if any(is_by_hand(pod.shape) for pod in workload.pods):
        what = f"serviceAccountToken: {{audience: {wanted}}}"
        return edit(workload, "the volume stands in the template", what)
    if isinstance(shown, DryRun) and wanted in (volume.audience for volume in token_volumes(shown.shape)):
        return renew(workload, now)
    return restart(workload, "it helps once new pods get the other token, which nothing shows that they do")


def _audiences(pod: RunningPod) -> Iterator[str]:
    for container in pod.shape.containers:
        volume = held(pod.shape, container)
        if volume is not None and volume.kind == "token" and volume.name != DEFAULT_TOKEN:
            yield volume.audience
