"""The annotated role is in the partition of its account.

## Why it matters
`arn:aws:`, `arn:aws-cn:`, `arn:aws-us-gov:` are worlds of their own, and an account number belongs to one of
them. An ARN that was copied from documentation written for another partition names a role that cannot exist:
`Not authorized to perform sts:AssumeRoleWithWebIdentity` (AccessDenied), or `Request ARN is invalid`
(ValidationError). The webhook injects it all the same.

## How to fix
Write the ARN as `aws iam get-role --role-name NAME --query Role.Arn` prints it, and restart the pods.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
- https://github.com/aws/amazon-eks-pod-identity-webhook
"""

from collections.abc import Iterator

from keystone_check.iam.arns import RoleArn, read_role_arn
from keystone_check.model.aws import Caller
from keystone_check.model.change import SetAnnotation
from keystone_check.model.cluster import ROLE_ARN, ServiceAccount
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

severity = Severity.CRITICAL


def judge(accounts: Subjects[ServiceAccount], caller: Caller) -> Iterator[Finding]:
    """One finding a bound service account."""
    for name, account in accounts:
        if isinstance(account, Absent | Missing):
            yield gap(name, account)
        elif (arn := read_role_arn(account.role_arn)) is None:
            yield not_applicable(name, "its annotation is no role ARN")
        elif arn.account != caller.account:
            yield not_applicable(name, f"of which partition account {arn.account} is, is not known here")
        else:
            yield _judged(name, account, arn, caller)


def _judged(name: str, account: ServiceAccount, arn: RoleArn, caller: Caller) -> Finding:
    if arn.partition == caller.partition:
        return holds(name)
    right = account.role_arn.replace(f"arn:{arn.partition}:", f"arn:{caller.partition}:", 1)
    change = SetAnnotation(account.namespace, account.name, ROLE_ARN, account.role_arn, right)
    return broken(
        name,
        f"its role is annotated in {arn.partition}; account {caller.account} is of {caller.partition}",
        Evidence("sts:GetCallerIdentity", right, account.role_arn),
        Repair(f"annotate it with {right}", Safety.SAFE, "what is written there cannot exist", (change,)),
    )
