"""The annotated role exists.

## Why it matters
STS does not say that a role is missing: the answer is the same
`Not authorized to perform sts:AssumeRoleWithWebIdentity` (AccessDenied) as for a trust policy that says no.
Typical causes are a role of another environment, a name that was cut at 64 characters, or a path that is
missing in the annotation.

## How to fix
Create the role with a trust policy for the service account, or correct the annotation.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
"""

from collections.abc import Iterator

from keystone_check.iam.arns import read_role_arn
from keystone_check.model.aws import Role
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
    holds,
    not_applicable,
)

severity = Severity.CRITICAL


def judge(accounts: Subjects[ServiceAccount], roles: Subjects[Role]) -> Iterator[Finding]:
    """One finding for each annotated role."""
    yield from (blocked(name, account) for name, account in accounts if isinstance(account, Missing))
    for arn in dict.fromkeys(account.role_arn for _, account in accounts.seen()):
        if not read_role_arn(arn):
            yield not_applicable(arn, "it is no role ARN")
            continue
        match roles[arn]:
            case Role():
                yield holds(arn)
            case Missing() as missing:
                yield blocked(arn, missing)
            case Absent() as absent:
                yield _absent(arn, absent)


def _absent(arn: str, absent: Absent) -> Finding:
    name = arn.rpartition("/")[2]
    return broken(
        arn,
        f"there is no role {arn}",
        Evidence("iam:GetRole", arn, absent.because),
        Repair(
            "create the role, or name the right one in the annotation",
            Safety.MANUAL,
            "which permissions it should have is not known here",
            steps=(
                f"aws iam create-role --role-name {name} --assume-role-policy-document file://trust.json",
                "then attach the policies that its workload needs, and look again",
            ),
        ),
    )
