"""Service accounts are annotated with the roles that are declared.

## Why it matters
The webhook gives a pod the role of its service account's annotation, not the one of
`keystone.cluster.operators.karpenter.iamRoleArn` or of a chart's values. A role that was renamed in the
profile and not rolled out leaves the operator with the former one: `AccessDenied: Not authorized to perform
sts:AssumeRoleWithWebIdentity` as soon as that is deleted.

## How to fix
Roll out what is declared and restart the operator, or declare the role that is in use.

## References
- https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
- https://github.com/aws/amazon-eks-pod-identity-webhook
"""

from collections.abc import Iterator

from keystone_check.checks.declaring import apart, unseen
from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.declared import Declared
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Finding, Severity, holds
from keystone_check.model.operators import Operator

severity = Severity.HIGH


def judge(
    declared: Subjects[Declared], operators: Subjects[Operator], accounts: Subjects[ServiceAccount]
) -> Iterator[Finding]:
    """One finding for each operator, and each declared account, that is there."""
    yield from unseen(declared)
    bound = dict(accounts.seen())
    for source, one in declared.seen():
        for name, operator in operators.seen():
            wanted = one.operators.get(operator.product)
            if wanted is not None and wanted.role_arn:
                yield _compared(name, source, wanted.role_arn, operator.role_arn)
        for subject, role_arn in one.accounts.items():
            if subject in bound and not any(it.account == subject for _, it in operators.seen()):
                yield _compared(subject, source, role_arn, bound[subject].role_arn)


def _compared(subject: str, source: str, declared: str, live: str) -> Finding:
    if declared == live:
        return holds(subject)
    return apart(subject, source, "role", declared, live or "no annotation")
