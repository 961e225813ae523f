"""No permissions boundary denies everything to a bound role.

## Why it matters
A role may do what its policies allow and its boundary allows too. `AWSDenyAll` as a boundary, which is
put on roles in a hurry when something leaked, lets STS hand out credentials as ever, and every call with
them ends in `is not authorized to perform: s3:GetObject on resource: … because no permissions boundary
allows the s3:GetObject action` or `with an explicit deny in a permissions boundary`: it looks like a
fault of the role's policies. Only AWS's own policy of that name is known by its ARN; the text of another
boundary is not read here.

## How to fix
`aws iam delete-role-permissions-boundary --role-name NAME`, once it is known why it was put there, or set the
one that is meant: `aws iam put-role-permissions-boundary`.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
- https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSDenyAll.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from collections.abc import Iterator

from keystone_check.checks import trusting
from keystone_check.model.aws import Role
from keystone_check.model.cluster import Issuer, ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    broken,
    holds,
    not_applicable,
)
from keystone_check.model.world import Expected

severity = Severity.HIGH
DENIES_ALL = ":iam::aws:policy/AWSDenyAll"


def judge(
    accounts: Subjects[ServiceAccount], roles: Subjects[Role], issuer: Issuer, expected: Expected
) -> Iterator[Finding]:
    """One finding a bound service account."""
    return trusting.each(accounts, roles, issuer, expected, _judged)


def _judged(meeting: trusting.Meeting) -> Finding:
    boundary = meeting.role.boundary
    if not boundary:
        return holds(meeting.name, f"{meeting.role.arn} has no permissions boundary")
    if not boundary.endswith(DENIES_ALL):
        return not_applicable(meeting.name, f"its boundary is {boundary}, whose text is not read here")
    return broken(
        meeting.name,
        f"the permissions boundary of {meeting.role.arn} is {boundary}: it may do nothing",
        Evidence("iam:GetRole", "no boundary, or one that permits something", boundary),
        Repair(
            "take the boundary away, or set the one that is meant",
            Safety.MANUAL,
            "why it was put there is not known here",
            steps=(
                "aws iam delete-role-permissions-boundary --role-name " + meeting.role.arn.rpartition("/")[2],
            ),
        ),
    )
