"""The webhook gives pods the role that the annotation names.

## Why it matters
The webhook answers from a cache of service accounts. Where that is stale, new pods still get the former
role in `AWS_ROLE_ARN`, and STS answers `Not authorized to perform sts:AssumeRoleWithWebIdentity`
(AccessDenied), or worse, the former role is used. Another mutating webhook that sets the variable first has
the same effect.

## How to fix
Restart the webhook, then the pods; look for another webhook or policy that sets `AWS_ROLE_ARN`.

## References
- https://github.com/aws/amazon-eks-pod-identity-webhook/issues/108
- https://github.com/aws/amazon-eks-pod-identity-webhook/issues/194
"""

from collections.abc import Iterator

from keystone_check.model.cluster import ROLE_ARN, ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, gap, holds
from keystone_check.model.injection import ROLE, DryRun, Refused

severity = Severity.HIGH


def judge(accounts: Subjects[ServiceAccount], injections: Subjects[DryRun | Refused]) -> Iterator[Finding]:
    """One finding a service account whose dry run got a role."""
    for name, account in accounts:
        shown = injections[name] if isinstance(account, ServiceAccount) else account
        if isinstance(shown, Absent | Missing):
            yield gap(name, shown)
        elif isinstance(shown, DryRun) and isinstance(account, ServiceAccount):
            given = dict.fromkeys(it.value(ROLE) for it in shown.shape.containers if it.sets(ROLE))
            others = [arn for arn in given if arn != account.role_arn]
            if given:
                yield _other(name, account, ", ".join(others)) if others else holds(name)


def _other(name: str, account: ServiceAccount, given: str) -> Finding:
    return broken(
        name,
        f"a new pod of it gets the role {given}; {ROLE_ARN} says {account.role_arn or 'nothing'}",
        Evidence("create pods, as a dry run", account.role_arn, given),
        Repair(
            "restart the webhook",
            Safety.MANUAL,
            "it answers from a cache that only a restart empties",
            steps=(
                "kubectl get pods --all-namespaces -l app=pod-identity-webhook",
                "kubectl -n NAMESPACE rollout restart deployment/pod-identity-webhook",
            ),
        ),
    )
