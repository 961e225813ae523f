"""The annotation names the role with its path and in its letter case.

## Why it matters
A role's name is unique in an account, so iam:GetRole finds it without its path; its ARN has the path in it:
`arn:aws:iam::ACCOUNT:role/k8s/api`. STS takes the ARN, and answers one without the path, or in other letters,
as if the role were not there: `Not authorized to perform sts:AssumeRoleWithWebIdentity` (AccessDenied).

## How to fix
Annotate the service account with the ARN that `aws iam get-role --role-name NAME --query Role.Arn`
prints, and restart its pods.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
- https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
"""

from collections.abc import Iterator

from keystone_check.iam.arns import read_role_arn
from keystone_check.model.aws import Role
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


def judge(accounts: Subjects[ServiceAccount], roles: Subjects[Role]) -> Iterator[Finding]:
    """One finding a bound service account."""
    for name, account in accounts:
        if isinstance(account, Absent | Missing):
            yield gap(name, account)
        elif read_role_arn(account.role_arn) is None:
            yield not_applicable(name, "its annotation is no role ARN")
        else:
            role = roles[account.role_arn]
            yield _judged(name, account, role) if isinstance(role, Role) else gap(name, role)


def _judged(name: str, account: ServiceAccount, role: Role) -> Finding:
    if role.arn == account.role_arn:
        return holds(name)
    change = SetAnnotation(account.namespace, account.name, ROLE_ARN, account.role_arn, role.arn)
    return broken(
        name,
        f"its annotation names {account.role_arn}; the role of that name is {role.arn}",
        Evidence("iam:GetRole", role.arn, account.role_arn),
        Repair(
            f"annotate it with {role.arn}",
            Safety.SAFE,
            "there is no role of the ARN that is written there",
            (change,),
        ),
    )
